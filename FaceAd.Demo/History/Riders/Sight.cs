using FaceAd.Core;

namespace FaceAd.Demo.History.Riders;

/// <summary>A passenger in view of one screen.</summary>
/// <param name="PresenceId">Identity of the presence.</param>
/// <param name="TrackId">Number among those of the ride, from 1.</param>
/// <param name="Who">The passenger.</param>
/// <param name="From">First sighting.</param>
/// <param name="To">Newest sighting, excluded.</param>
/// <param name="Attention">Share of the time with the face turned to the screen, 0..1.</param>
/// <param name="Estimate">See <see cref="Faces.Estimate"/>.</param>
/// <param name="Views">See <see cref="PresenceReport.Views"/>; none without an estimate.</param>
/// <param name="FaceArea">Share of the picture.</param>
sealed record Sight(
    Guid PresenceId, int TrackId, Passenger Who, DateTimeOffset From, DateTimeOffset To, double Attention, SegmentProbabilities? Estimate,
    IReadOnlyList<byte[]> Views, double FaceArea)
{
    /// <summary>Whether the passenger is in view at an instant.</summary>
    public bool IsAt(DateTimeOffset instant) => From <= instant && instant < To;

    /// <summary>What is reported up to an instant.</summary>
    /// <param name="until">The instant, after the first sighting.</param>
    /// <param name="inView">Whether the passenger is still there.</param>
    public PresenceReport Report(DateTimeOffset until, bool inView)
    {
        var to = until < To ? until : To;
        return new PresenceReport
        {
            PresenceId = PresenceId,
            TrackId = TrackId,
            From = From,
            To = to,
            InView = inView,
            SecondsAttentive = Math.Floor((to - From).TotalSeconds * Attention * 100) / 100,
            Segments = Estimate,
            ChildProbability = Estimate?.Kids,
            FaceArea = FaceArea,
            Views = inView ? [] : Views,
        };
    }
}
