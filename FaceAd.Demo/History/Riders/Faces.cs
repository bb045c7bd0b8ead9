using System.Runtime.InteropServices;
using FaceAd.Core;

namespace FaceAd.Demo.History.Riders;

/// <summary>Makes passengers, and what cameras see of them.</summary>
/// <param name="chance">Chance.</param>
sealed class Faces(Chance chance)
{
    // Two views of one person then have a cosine of .89; those of two people are about 0.
    const float Blur = 0.35f;

    readonly float[][] _shakes = [.. Enumerable.Range(0, 64).Select(_ => chance.Direction(PresenceReport.EmbeddingLength))];

    /// <summary>A new passenger.</summary>
    /// <param name="mix">Weights of the six segments.</param>
    public Passenger Make(IReadOnlyList<double> mix) => new(
        SegmentProbabilities.Segments[chance.Of(mix)], chance.Direction(PresenceReport.EmbeddingLength),
        chance.Is(0.15) ? 0.02 : chance.Between(0.15, 0.75));

    /// <summary>One view of a passenger, as it travels.</summary>
    public byte[] ViewOf(Passenger who)
    {
        var view = new byte[PresenceReport.ViewBytes];
        var halves = MemoryMarshal.Cast<byte, Half>(view.AsSpan());
        var shake = _shakes[chance.Below(_shakes.Length)];
        for (var i = 0; i < halves.Length; i++) halves[i] = (Half)(who.Face[i] + (Blur * shake[i]));
        return view;
    }

    /// <summary>What a camera makes of a passenger's segment: mostly right, at times unsure, rarely nothing at all.</summary>
    public SegmentProbabilities? Estimate(Passenger who)
    {
        if (chance.Is(0.05)) return null;
        var sure = chance.Is(0.9) ? chance.Between(0.64, 0.96) : chance.Between(0.4, 0.58);
        var rest = SegmentProbabilities.Segments.Select(s => s == who.Segment ? 0 : chance.Between(0.1, 1) * (s == Segment.Kids ? 0.2 : 1))
            .ToArray();
        var whole = rest.Sum();
        double Of(int place) => SegmentProbabilities.Segments[place] == who.Segment ? sure : (1 - sure) * rest[place] / whole;
        return new SegmentProbabilities(Of(0), Of(1), Of(2), Of(3), Of(4), Of(5));
    }
}
