using FaceAd.Core;

namespace FaceAd.Demo.History.Riders;

/// <summary>One ride past one screen, from the first face to the last.</summary>
/// <param name="AudienceId">Identity of the audience.</param>
/// <param name="Screen">Place of the screen among those of its building.</param>
/// <param name="OpenedAt">When the first passenger was seen.</param>
/// <param name="ClosedAt">When the last one had gone.</param>
/// <param name="Sights">The passengers.</param>
sealed record Ride(Guid AudienceId, int Screen, DateTimeOffset OpenedAt, DateTimeOffset ClosedAt, IReadOnlyList<Sight> Sights)
{
    /// <summary>The last report of its audience, which has all that the earlier ones had.</summary>
    public AudienceReport Report() => new()
    {
        AudienceId = AudienceId,
        Sequence = (int)(ClosedAt - OpenedAt).TotalSeconds + 2,
        OpenedAt = OpenedAt,
        At = ClosedAt,
        State = AudienceState.Closed,
        ModelVersion = "sample",
        Presences = [.. Sights.Select(s => s.Report(ClosedAt, inView: false))],
    };
}
