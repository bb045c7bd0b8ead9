using System.Diagnostics.Metrics;

namespace FaceAd.Player;

/// <summary>The player's meters, all under the name "FaceAd.Player".</summary>
static class PlayerMeters
{
    static readonly Meter Meter = new("FaceAd.Player");

    /// <summary>Frames delivered by the camera.</summary>
    public static readonly Counter<long> FramesSeen = Meter.CreateCounter<long>("facead.player.frames_seen", "frames");

    /// <summary>Frames selected for analysis.</summary>
    public static readonly Counter<long> FramesSelected = Meter.CreateCounter<long>("facead.player.frames_selected", "frames");

    /// <summary>Frames accepted by the server, or by the local observer.</summary>
    public static readonly Counter<long> FramesSent = Meter.CreateCounter<long>("facead.player.frames_sent", "frames");

    /// <summary>Selected frames that were replaced by a newer one or not accepted.</summary>
    public static readonly Counter<long> FramesDropped = Meter.CreateCounter<long>("facead.player.frames_dropped", "frames");

    /// <summary>Plays that ended, tagged with how.</summary>
    public static readonly Counter<long> Plays = Meter.CreateCounter<long>("facead.player.plays", "plays");

    /// <summary>Play reports waiting for delivery.</summary>
    public static readonly UpDownCounter<long> OutboxPending = Meter.CreateUpDownCounter<long>("facead.player.outbox_pending", "reports");

    /// <summary>Milliseconds from a command's arrival to its first frame on the page.</summary>
    public static readonly Histogram<double> CommandToFrame = Meter.CreateHistogram<double>("facead.player.command_to_frame", "ms");
}
