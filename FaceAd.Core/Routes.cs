namespace FaceAd.Core;

/// <summary>Routes that a screen calls. Each needs the screen's device token as a bearer token.</summary>
public static class Routes
{
    /// <summary>The SignalR hub. WebSockets only; the token travels in the Authorization header.</summary>
    public const string Hub = "/hubs/screens";

    /// <summary>POST of one JPEG (server inference). 202: queued; analysis is not guaranteed.</summary>
    public const string Frames = "/api/screens/frames";

    /// <summary>POST of one <see cref="AudienceReport"/> (device inference). 200: committed.</summary>
    public const string Audiences = "/api/screens/audiences";

    /// <summary>POST of a JSON array of <see cref="PlayReport"/>. 200 with a <see cref="PlayReceipt"/>: committed.</summary>
    public const string Plays = "/api/screens/plays";

    /// <summary>GET of a creative's file by the SHA-256 of its content: <c>/media/{sha256}.mp4</c>.</summary>
    public const string Media = "/media";

    /// <summary>Header of a frame: capture time by the player's clock, round-trip ("O") format.</summary>
    public const string CapturedAtHeader = "X-Captured-At";

    /// <summary>Header of a frame, <c>true</c> or absent: a sensor in the cabin has just seen people leave.</summary>
    public const string CabinEmptiedHeader = "X-Cabin-Emptied";

    /// <summary>
    /// Header of the hub, frames and audience reports: a GUID that the player makes at each start. 423: another player serves the screen
    /// with the same token, and was heard lately; try again later.
    /// </summary>
    public const string PlayerHeader = "X-Player";

    /// <summary>Maximum size of a frame in bytes.</summary>
    public const int MaxFrameBytes = 1024 * 1024;

    /// <summary>Maximum size in bytes of an audience report, and of a hub message.</summary>
    public const int MaxReportBytes = 8 * 1024;

    /// <summary>Maximum size in bytes of a batch of play reports with their seals.</summary>
    public const int MaxPlaysBytes = 20 * 1024;
}
