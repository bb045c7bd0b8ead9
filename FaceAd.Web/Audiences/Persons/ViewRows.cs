using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using FaceAd.Core;

namespace FaceAd.Web.Audiences.Persons;

/// <summary>
/// Views of many people as rows of floats, in slabs that never move: one pass over memory compares all of them with several views.
/// Not thread-safe.
/// </summary>
sealed class ViewRows
{
    /// <summary>Values of a row.</summary>
    public const int Length = PresenceReport.EmbeddingLength;

    // The first slab is small, and each next one twice as large as the one before, up to the sixth: most sites have few people.
    private const int FirstRows = 16;
    private const int Growing = 5;
    private const int MostRows = FirstRows << Growing;
    private const int LineBytes = 64;
    private const int LineValues = LineBytes / sizeof(float);

    // Rows follow each other in memory, but the processor's own reading ahead ends with each page: three rows ahead measured best.
    private const int Ahead = 3 * Length;

    private readonly List<(float[] Values, int Start)> _slabs = [];
    private readonly List<int> _owners = [];

    /// <summary>What is done with the cosines of one row.</summary>
    /// <param name="row">Number of the row.</param>
    /// <param name="owner">Number of the person that it belongs to.</param>
    /// <param name="cosines">Its cosines with the views.</param>
    public delegate void RowAction(int row, int owner, ReadOnlySpan<float> cosines);

    /// <summary>Number of rows.</summary>
    public int Count => _owners.Count;

    /// <summary>Bytes that a pass reads.</summary>
    public long Bytes => (long)Count * Length * sizeof(float);

    /// <summary>The rows as they lie in memory, slab by slab.</summary>
    public IEnumerable<ReadOnlyMemory<float>> Slabs
    {
        get
        {
            for (var slab = 0; slab < _slabs.Count; slab++)
                yield return _slabs[slab].Values.AsMemory(_slabs[slab].Start, Math.Min(RowsOf(slab), Count - FirstOf(slab)) * Length);
        }
    }

    /// <summary>The values of a row.</summary>
    /// <param name="row">Its number.</param>
    public ReadOnlySpan<float> this[int row] => Values(row);

    /// <summary>Adds a row.</summary>
    /// <param name="view">Unit vector.</param>
    /// <param name="owner">Number of the person that it belongs to.</param>
    /// <returns>Number of the row.</returns>
    public int Add(ReadOnlySpan<float> view, int owner)
    {
        if (Count == FirstOf(_slabs.Count)) _slabs.Add(NewSlab(RowsOf(_slabs.Count)));
        _owners.Add(owner);
        view[..Length].CopyTo(Values(Count - 1));
        return Count - 1;
    }

    /// <summary>For each person, the cosine of each view with the person's nearest row.</summary>
    /// <param name="views">Unit vectors, one after the other.</param>
    /// <param name="nearest">Of person p and view v at p * (number of views) + v. People without rows keep negative infinity.</param>
    public void FindNearest(ReadOnlySpan<float> views, Span<float> nearest)
    {
        nearest.Fill(float.NegativeInfinity);
        var owners = CollectionsMarshal.AsSpan(_owners);
        Span<float> cosines = stackalloc float[views.Length / Length];
        for (var row = 0; row < owners.Length; row++)
        {
            Compare(row, views, cosines);
            var own = nearest.Slice(owners[row] * cosines.Length, cosines.Length);
            for (var view = 0; view < own.Length; view++)
            {
                if (cosines[view] > own[view]) own[view] = cosines[view];
            }
        }
    }

    /// <summary>Compares every row with some views.</summary>
    /// <param name="views">Unit vectors, one after the other.</param>
    /// <param name="action">What to do with a row's cosines.</param>
    public void ForEach(ReadOnlySpan<float> views, RowAction action)
    {
        var cosines = new float[views.Length / Length];
        for (var row = 0; row < _owners.Count; row++)
        {
            Compare(row, views, cosines);
            action(row, _owners[row], cosines);
        }
    }

    /// <summary>Overwrites and drops every row.</summary>
    public void Wipe()
    {
        foreach (var (values, _) in _slabs) Array.Clear(values);
        _slabs.Clear();
        _owners.Clear();
    }

    private static int RowsOf(int slab) => FirstRows << Math.Min(slab, Growing);

    private static int FirstOf(int slab) => (FirstRows * ((1 << Math.Min(slab, Growing)) - 1)) + (Math.Max(0, slab - Growing) * MostRows);

    private static (float[] Values, int Start) NewSlab(int rows)
    {
        // Pinned, so that the alignment holds: a row starts with a line of the processor's cache.
        var values = GC.AllocateArray<float>(rows * Length + LineValues, pinned: true);
        var over = (int)(Marshal.UnsafeAddrOfPinnedArrayElement(values, 0) % LineBytes);
        return (values, over == 0 ? 0 : (LineBytes - over) / sizeof(float));
    }

    private Span<float> Values(int row)
    {
        var beyond = row - FirstOf(Growing);
        var slab = beyond >= 0 ? Growing + (beyond / MostRows) : BitOperations.Log2((uint)(row / FirstRows) + 1);
        var (values, start) = _slabs[slab];
        return values.AsSpan(start + ((row - FirstOf(slab)) * Length), Length);
    }

    private unsafe void Compare(int number, ReadOnlySpan<float> views, Span<float> cosines)
    {
        var row = Values(number);
        if (Sse.IsSupported)
        {
            // An address beyond the slab does no harm: prefetching never faults.
            ref var ahead = ref Unsafe.Add(ref MemoryMarshal.GetReference(row), Ahead);
            for (var i = 0; i < Length; i += LineValues) Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref ahead, i)));
        }
        ViewCosine.Compare(row, views, cosines);
    }
}
