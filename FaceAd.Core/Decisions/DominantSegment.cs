namespace FaceAd.Core.Decisions;

/// <summary>The segment that decides for a mixed cabin.</summary>
public static class DominantSegment
{
    /// <summary>
    /// The segment with the largest sum of probabilities over the riders; riders without an estimate are ignored.
    /// On a tie the one whose most likely members have the larger summed face area, then the one with the lowest track id.
    /// <see cref="Segment.Unknown"/> when no rider has an estimate. Definition: docs/architecture.md, "Decision".
    /// </summary>
    /// <param name="riders">Everybody in view.</param>
    public static Segment Of(IReadOnlyList<Rider> riders)
    {
        var winner = Segment.Unknown;
        (double Sum, double Area, int Track) best = default;
        foreach (var segment in SegmentProbabilities.Segments)
        {
            var (sum, area, track, any) = (0.0, 0.0, int.MaxValue, false);
            foreach (var (viewer, _) in riders)
            {
                if (viewer.Segments is not { } probabilities) continue;
                any = true;
                sum += probabilities[segment];
                if (probabilities.Top != segment) continue;
                area += viewer.FaceArea;
                track = Math.Min(track, viewer.TrackId);
            }
            if (!any) return Segment.Unknown;
            if (winner == Segment.Unknown || Beats((sum, area, track), best)) (winner, best) = (segment, (sum, area, track));
        }
        return winner;
    }

    private static bool Beats((double Sum, double Area, int Track) one, (double Sum, double Area, int Track) other)
    {
        const double same = 1e-9; // sums of the same numbers in another order
        if (Math.Abs(one.Sum - other.Sum) > same) return one.Sum > other.Sum;
        if (Math.Abs(one.Area - other.Area) > same) return one.Area > other.Area;
        return one.Track < other.Track;
    }
}
