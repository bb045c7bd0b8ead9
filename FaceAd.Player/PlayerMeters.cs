using System.Diagnostics.Metrics;

namespace FaceAd.Player;

/// <summary>The player's meters, all under the name "FaceAd.Player".</summary>
internal static class PlayerMeters
{
    static readonly Meter Meter = new("FaceAd.Player");

    /// <summary>Frames that the camera delivered.</summary>
    public static readonly Counter<long> FramesSeen = Meter.CreateCounter<long>("facead.player.frames_seen", "frames");

    /// <summary>Frames that were worth sending.</summary>
    public static readonly Counter<long> FramesSelected = Meter.CreateCounter<long>("facead.player.frames_selected", "frames");

    /// <summary>Frames that the server (or the observer here) took.</summary>
    public static readonly Counter<long> FramesSent = Meter.CreateCounter<long>("facead.player.frames_sent", "frames");

    /// <summary>Selected frames that a newer one replaced, or that the server did not take.</summary>
    public static readonly Counter<long> FramesDropped = Meter.CreateCounter<long>("facead.player.frames_dropped", "frames");

    /// <summary>Plays that ended, by how they ended.</summary>
    public static readonly Counter<long> Plays = Meter.CreateCounter<long>("facead.player.plays", "plays");

    /// <summary>Play reports that wait to be delivered.</summary>
    public static readonly UpDownCounter<long> OutboxPending = Meter.CreateUpDownCounter<long>("facead.player.outbox_pending", "reports");

    /// <summary>Milliseconds from a command's arrival to its first frame on the page.</summary>
    public static readonly Histogram<double> CommandToFrame = Meter.CreateHistogram<double>("facead.player.command_to_frame", "ms");
}
