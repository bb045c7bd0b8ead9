namespace FaceAd.Inference.Presence;

/// <summary>A face in an analysed frame that may be a person's.</summary>
/// <param name="TrackId">Track of the face.</param>
/// <param name="Attentive">Whether it faces the screen.</param>
/// <param name="Live">Whether it is known to be a person's.</param>
public readonly record struct Sighting(int TrackId, bool Attentive, bool Live);

/// <summary>One viewer's presence, from the first to the latest sighting. Includes its start and excludes its end.</summary>
/// <param name="TrackId">The track.</param>
/// <param name="From">First sighting.</param>
/// <param name="To">Latest sighting.</param>
/// <param name="Attentive">
/// Time facing the screen, 0 .. To - From. The interval between two consecutive analysed frames that both show the face counts in
/// full when it faces the screen in both, and by half when in one.
/// </param>
public readonly record struct Presence(int TrackId, DateTimeOffset From, DateTimeOffset To, TimeSpan Attentive);

/// <summary>What a step changed.</summary>
[Flags]
public enum PresenceChanges
{
    /// <summary>No presence and no audience began or ended.</summary>
    None = 0,

    /// <summary>An audience opened.</summary>
    Opened = 1,

    /// <summary>A presence started.</summary>
    Started = 2,

    /// <summary>A presence ended; see <see cref="PresenceMachine.Ended"/>.</summary>
    Ended = 4,

    /// <summary>The audience closed: analysed frames showed that everyone has left.</summary>
    Closed = 8,

    /// <summary>The audience was lost: too long without an analysed frame to know who is present.</summary>
    Lost = 16,

    /// <summary>The frame was not newer than the previous one and was ignored.</summary>
    Ignored = 32,
}
