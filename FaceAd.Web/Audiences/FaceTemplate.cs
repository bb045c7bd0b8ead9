using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using FaceAd.Contracts;

namespace FaceAd.Web.Audiences;

/// <summary>Face embeddings as numbers: unit vectors of 512 values.</summary>
static class FaceTemplate
{
    /// <summary>Reads a view off the wire and normalises it; null when it is not a direction (zero, infinite or not a number).</summary>
    public static float[]? Read(ReadOnlySpan<byte> view)
    {
        var halves = MemoryMarshal.Cast<byte, Half>(view);
        var values = new float[PresenceReport.EmbeddingLength];
        for (var i = 0; i < values.Length; i++) values[i] = (float)halves[i];
        var norm = TensorPrimitives.Norm<float>(values);
        if (!float.IsFinite(norm) || norm < 1e-3f) return null;
        TensorPrimitives.Divide(values, norm, values);
        return values;
    }

    /// <summary>Writes views as half floats, one after the other.</summary>
    public static byte[] Write(IReadOnlyList<float[]> views)
    {
        var bytes = new byte[views.Count * PresenceReport.ViewBytes];
        var halves = MemoryMarshal.Cast<byte, Half>(bytes.AsSpan());
        for (var v = 0; v < views.Count; v++)
        {
            for (var i = 0; i < PresenceReport.EmbeddingLength; i++) halves[(v * PresenceReport.EmbeddingLength) + i] = (Half)views[v][i];
        }
        return bytes;
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static IReadOnlyList<float[]> ReadAll(ReadOnlySpan<byte> bytes)
    {
        List<float[]> views = [];
        for (; bytes.Length >= PresenceReport.ViewBytes; bytes = bytes[PresenceReport.ViewBytes..])
        {
            if (Read(bytes[..PresenceReport.ViewBytes]) is { } view) views.Add(view);
        }
        return views;
    }
}
