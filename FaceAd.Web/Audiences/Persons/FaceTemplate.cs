using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using FaceAd.Core;

namespace FaceAd.Web.Audiences.Persons;

/// <summary>
/// Face embeddings as bytes. A stored template has one length, however many views a person has: what is encrypted gives nothing away by its
/// size. A value takes a byte: measured, that costs nothing in accuracy against floats (see <c>./bench persons</c>).
/// </summary>
static class FaceTemplate
{
    /// <summary>Bytes of every packed template.</summary>
    public const int PackedBytes = HeadBytes + PersonMatcher.MaxViews * PresenceReport.EmbeddingLength;

    private const int HeadBytes = 2;
    private const byte Format = 1;

    /// <summary>Reads a view off the wire and normalises it; null when it is not a direction (zero, infinite or not a number).</summary>
    /// <param name="view">Half floats.</param>
    public static float[]? Read(ReadOnlySpan<byte> view)
    {
        var halves = MemoryMarshal.Cast<byte, Half>(view);
        var values = new float[PresenceReport.EmbeddingLength];
        for (var i = 0; i < values.Length; i++) values[i] = (float)halves[i];
        return Normalise(values);
    }

    /// <summary>
    /// Packs views for storage: format, number of views, then whole numbers in proportion to a view's values; the rest is zeros.
    /// </summary>
    /// <param name="views">Unit vectors, of which the first <see cref="PersonMatcher.MaxViews"/> are kept.</param>
    public static byte[] Pack(IReadOnlyList<float[]> views)
    {
        var bytes = new byte[PackedBytes];
        var count = Math.Min(views.Count, PersonMatcher.MaxViews);
        (bytes[0], bytes[1]) = (Format, (byte)count);
        for (var v = 0; v < count; v++)
        {
            var values = MemoryMarshal.Cast<byte, sbyte>(
                bytes.AsSpan(HeadBytes + v * PresenceReport.EmbeddingLength, PresenceReport.EmbeddingLength));
            var scale = sbyte.MaxValue / MathF.Abs(TensorPrimitives.MaxMagnitude<float>(views[v]));
            for (var i = 0; i < values.Length; i++) values[i] = (sbyte)MathF.Round(views[v][i] * scale);
        }
        return bytes;
    }

    /// <summary>Reads what <see cref="Pack"/> wrote.</summary>
    /// <param name="bytes">The template.</param>
    /// <returns>Unit vectors; none when the template has no known form.</returns>
    public static IReadOnlyList<float[]> Unpack(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != PackedBytes || bytes[0] != Format) return [];
        List<float[]> views = [];
        var count = Math.Min((int)bytes[1], PersonMatcher.MaxViews);
        for (var v = 0; v < count; v++)
        {
            var packed = MemoryMarshal.Cast<byte, sbyte>(
                bytes.Slice(HeadBytes + v * PresenceReport.EmbeddingLength, PresenceReport.EmbeddingLength));
            var values = new float[packed.Length];
            for (var i = 0; i < values.Length; i++) values[i] = packed[i];
            if (Normalise(values) is { } view) views.Add(view);
        }
        return views;
    }

    private static float[]? Normalise(float[] values)
    {
        var norm = TensorPrimitives.Norm<float>(values);
        if (!float.IsFinite(norm) || norm < 1e-3f) return null;
        TensorPrimitives.Divide(values, norm, values);
        return values;
    }
}
