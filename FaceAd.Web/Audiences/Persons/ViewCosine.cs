using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace FaceAd.Web.Audiences.Persons;

/// <summary>
/// Cosines of unit vectors of <see cref="ViewRows.Length"/> values. The sum of two vectors is added up in one order whatever else is
/// compared in the same call, so that it is the same number every time on one machine.
/// </summary>
static class ViewCosine
{
    private const int Length = ViewRows.Length;

    /// <summary>The cosine of two views.</summary>
    /// <param name="a">Unit vector.</param>
    /// <param name="b">Unit vector.</param>
    public static float Of(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        Span<float> cosine = stackalloc float[1];
        Compare(a, b, cosine);
        return cosine[0];
    }

    /// <summary>
    /// The cosines of one row with several views. The row is read from memory once, and from the cache for every further three views.
    /// </summary>
    /// <param name="row">Unit vector.</param>
    /// <param name="views">Unit vectors, one after the other.</param>
    /// <param name="cosines">Takes the cosines, one for each view.</param>
    public static void Compare(ReadOnlySpan<float> row, ReadOnlySpan<float> views, Span<float> cosines) =>
        Compare(row, views, cosines, Vector512.IsHardwareAccelerated);

    /// <summary>The same, with a choice of instructions.</summary>
    /// <param name="row">Unit vector.</param>
    /// <param name="views">Unit vectors, one after the other.</param>
    /// <param name="cosines">Takes the cosines, one for each view.</param>
    /// <param name="wide">512 bits at a time; else as many as the processor's usual vectors have.</param>
    internal static void Compare(ReadOnlySpan<float> row, ReadOnlySpan<float> views, Span<float> cosines, bool wide)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(row.Length, Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(views.Length, cosines.Length * Length);
        ref var values = ref MemoryMarshal.GetReference(row);
        ref var view = ref MemoryMarshal.GetReference(views);
        for (var v = 0; v < cosines.Length;)
        {
            ref var first = ref Unsafe.Add(ref view, v * Length);
            var left = cosines.Length - v;
            var take = left is 1 ? 1 : left is 2 or 4 ? 2 : 3;
            var to = cosines.Slice(v, take);
            if (take == 1)
            {
                if (wide) WideOne(ref values, ref first, to);
                else One(ref values, ref first, to);
            }
            else if (take == 2)
            {
                if (wide) WideTwo(ref values, ref first, to);
                else Two(ref values, ref first, to);
            }
            else
            {
                if (wide) WideThree(ref values, ref first, to);
                else Three(ref values, ref first, to);
            }
            v += take;
        }
    }

    // Two sums for each view, or the additions would wait for each other.
    private static void WideOne(ref float row, ref float view, Span<float> to)
    {
        Vector512<float> a = default, b = default;
        for (nuint i = 0; i < Length; i += 32)
        {
            a = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref row, i), Vector512.LoadUnsafe(ref view, i), a);
            b = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref row, i + 16), Vector512.LoadUnsafe(ref view, i + 16), b);
        }
        to[0] = Vector512.Sum(a + b);
    }

    private static void WideTwo(ref float row, ref float view, Span<float> to)
    {
        Vector512<float> a = default, b = default, c = default, d = default;
        for (nuint i = 0; i < Length; i += 32)
        {
            var (x, y) = (Vector512.LoadUnsafe(ref row, i), Vector512.LoadUnsafe(ref row, i + 16));
            a = Vector512.FusedMultiplyAdd(x, Vector512.LoadUnsafe(ref view, i), a);
            b = Vector512.FusedMultiplyAdd(y, Vector512.LoadUnsafe(ref view, i + 16), b);
            c = Vector512.FusedMultiplyAdd(x, Vector512.LoadUnsafe(ref view, i + Length), c);
            d = Vector512.FusedMultiplyAdd(y, Vector512.LoadUnsafe(ref view, i + Length + 16), d);
        }
        (to[0], to[1]) = (Vector512.Sum(a + b), Vector512.Sum(c + d));
    }

    private static void WideThree(ref float row, ref float view, Span<float> to)
    {
        Vector512<float> a = default, b = default, c = default, d = default, e = default, f = default;
        for (nuint i = 0; i < Length; i += 32)
        {
            var (x, y) = (Vector512.LoadUnsafe(ref row, i), Vector512.LoadUnsafe(ref row, i + 16));
            a = Vector512.FusedMultiplyAdd(x, Vector512.LoadUnsafe(ref view, i), a);
            b = Vector512.FusedMultiplyAdd(y, Vector512.LoadUnsafe(ref view, i + 16), b);
            c = Vector512.FusedMultiplyAdd(x, Vector512.LoadUnsafe(ref view, i + Length), c);
            d = Vector512.FusedMultiplyAdd(y, Vector512.LoadUnsafe(ref view, i + Length + 16), d);
            e = Vector512.FusedMultiplyAdd(x, Vector512.LoadUnsafe(ref view, i + 2 * Length), e);
            f = Vector512.FusedMultiplyAdd(y, Vector512.LoadUnsafe(ref view, i + 2 * Length + 16), f);
        }
        (to[0], to[1], to[2]) = (Vector512.Sum(a + b), Vector512.Sum(c + d), Vector512.Sum(e + f));
    }

    private static void One(ref float row, ref float view, Span<float> to)
    {
        Vector<float> a = default, b = default;
        var step = (nuint)Vector<float>.Count;
        for (nuint i = 0; i < Length; i += 2 * step)
        {
            a = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref row, i), Vector.LoadUnsafe(ref view, i), a);
            b = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref row, i + step), Vector.LoadUnsafe(ref view, i + step), b);
        }
        to[0] = Vector.Sum(a + b);
    }

    private static void Two(ref float row, ref float view, Span<float> to)
    {
        Vector<float> a = default, b = default, c = default, d = default;
        var step = (nuint)Vector<float>.Count;
        for (nuint i = 0; i < Length; i += 2 * step)
        {
            var (x, y) = (Vector.LoadUnsafe(ref row, i), Vector.LoadUnsafe(ref row, i + step));
            a = Vector.FusedMultiplyAdd(x, Vector.LoadUnsafe(ref view, i), a);
            b = Vector.FusedMultiplyAdd(y, Vector.LoadUnsafe(ref view, i + step), b);
            c = Vector.FusedMultiplyAdd(x, Vector.LoadUnsafe(ref view, i + Length), c);
            d = Vector.FusedMultiplyAdd(y, Vector.LoadUnsafe(ref view, i + Length + step), d);
        }
        (to[0], to[1]) = (Vector.Sum(a + b), Vector.Sum(c + d));
    }

    private static void Three(ref float row, ref float view, Span<float> to)
    {
        Two(ref row, ref view, to);
        One(ref row, ref Unsafe.Add(ref view, 2 * Length), to[2..]);
    }
}
