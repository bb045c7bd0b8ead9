using FaceAd.Core;

namespace FaceAd.Bench;

/// <summary>A dozen people of a building whose faces are drawn: a direction of its own for each, and views of it with noise.</summary>
static class Residents
{
    /// <summary>Number of people.</summary>
    public const int Count = 12;

    private const double Noise = 0.4;
    private static readonly double[][] Directions = [.. Enumerable.Range(0, Count).Select(DirectionOf)];

    /// <summary>A view of a person.</summary>
    /// <param name="person">The person, from 0.</param>
    /// <param name="random">Source of the noise.</param>
    public static byte[] View(int person, Random random)
    {
        var values = Directions[person].Select(v => v + ((random.NextDouble() - 0.5) * Noise)).ToArray();
        var norm = Math.Sqrt(values.Sum(v => v * v));
        var bytes = new byte[PresenceReport.ViewBytes];
        for (var i = 0; i < values.Length; i++) BitConverter.TryWriteBytes(bytes.AsSpan(2 * i), (Half)(values[i] / norm));
        return bytes;
    }

    /// <summary>Whose view it is.</summary>
    public static int Of(byte[] view) => Enumerable.Range(0, Count).MaxBy(person =>
        Directions[person].Select((v, i) => v * (double)BitConverter.ToHalf(view, 2 * i)).Sum());

    /// <summary>An estimate that is nearly certain.</summary>
    public static SegmentProbabilities Surely(Segment segment)
    {
        double Of(Segment s) => s == segment ? 0.9 : 0.02;
        return new(
            Of(Segment.Kids), Of(Segment.Men2030), Of(Segment.Women2030), Of(Segment.Men4050), Of(Segment.Women4050), Of(Segment.Silver));
    }

    private static double[] DirectionOf(int person)
    {
        var own = new Random(person + 1);
        return [.. Enumerable.Range(0, PresenceReport.EmbeddingLength).Select(_ => own.NextDouble() - 0.5)];
    }
}
