using FaceAd.Core;

namespace FaceAd.Bench.Screens;

/// <summary>One viewer, from the first sighting to the last, as device inference reports them.</summary>
/// <param name="segment">The viewer's segment.</param>
/// <param name="face">A view of the face; null: nobody is recognised.</param>
/// <param name="from">First sighting.</param>
sealed class Rider(Segment segment, byte[]? face, DateTimeOffset from)
{
    private readonly Guid _audience = Guid.NewGuid(), _presence = Guid.NewGuid();

    /// <summary>A report of this viewer, who is alone.</summary>
    /// <param name="sequence">Number of the report; the first carries the face.</param>
    /// <param name="at">Latest sighting.</param>
    /// <param name="isOver">Whether the viewer has left.</param>
    public AudienceReport Report(int sequence, DateTimeOffset at, bool isOver) => new()
    {
        AudienceId = _audience,
        Sequence = sequence,
        OpenedAt = from,
        At = at,
        State = isOver ? AudienceState.Closed : AudienceState.Open,
        ModelVersion = "bench",
        Presences =
        [
            new PresenceReport
            {
                PresenceId = _presence,
                TrackId = 1,
                From = from,
                To = at,
                InView = !isOver,
                SecondsAttentive = (at - from).TotalSeconds / 2,
                Segments = Residents.Surely(segment),
                AgeYears = 30,
                ChildProbability = 0.01,
                FaceArea = 0.03,
                Views = sequence == 1 && face is not null ? [face] : [],
            },
        ],
    };
}
