using System.Text.Json.Serialization;

namespace FaceAd.Core;

/// <summary>Probability of each segment for one viewer. Each value is in 0..1; they sum to 1.</summary>
/// <param name="Kids">Probability of <see cref="Segment.Kids"/>.</param>
/// <param name="Men2030">Probability of <see cref="Segment.Men2030"/>.</param>
/// <param name="Women2030">Probability of <see cref="Segment.Women2030"/>.</param>
/// <param name="Men4050">Probability of <see cref="Segment.Men4050"/>.</param>
/// <param name="Women4050">Probability of <see cref="Segment.Women4050"/>.</param>
/// <param name="Silver">Probability of <see cref="Segment.Silver"/>.</param>
public readonly record struct SegmentProbabilities(
    double Kids, double Men2030, double Women2030, double Men4050, double Women4050, double Silver)
{
    /// <summary>The six segments that a viewer can belong to, in their fixed order.</summary>
    public static IReadOnlyList<Segment> Segments { get; } =
        [Segment.Kids, Segment.Men2030, Segment.Women2030, Segment.Men4050, Segment.Women4050, Segment.Silver];

    /// <summary>The probability of one segment; 0 for <see cref="Segment.Unknown"/>.</summary>
    /// <param name="segment">The segment.</param>
    public double this[Segment segment] => segment switch
    {
        Segment.Kids => Kids,
        Segment.Men2030 => Men2030,
        Segment.Women2030 => Women2030,
        Segment.Men4050 => Men4050,
        Segment.Women4050 => Women4050,
        Segment.Silver => Silver,
        _ => 0,
    };

    /// <summary>The most likely segment; the earlier one in the fixed order on a tie.</summary>
    [JsonIgnore]
    public Segment Top
    {
        get
        {
            var top = Segment.Kids;
            foreach (var segment in Segments)
            {
                if (this[segment] > this[top]) top = segment;
            }
            return top;
        }
    }

    /// <summary>The probability of the most likely segment, 0..1.</summary>
    [JsonIgnore]
    public double Confidence => this[Top];

    /// <summary>Whether the six values are finite, in 0..1 and sum to 1 within a hundredth.</summary>
    [JsonIgnore]
    public bool IsDistribution
    {
        get
        {
            var sum = 0.0;
            foreach (var segment in Segments)
            {
                var p = this[segment];
                if (!double.IsFinite(p) || p < 0 || p > 1.000001) return false;
                sum += p;
            }
            return Math.Abs(sum - 1) <= 0.01;
        }
    }
}
