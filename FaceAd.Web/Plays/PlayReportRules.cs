using FaceAd.Core;

namespace FaceAd.Web.Plays;

/// <summary>Validation of play reports.</summary>
static class PlayReportRules
{
    /// <summary>How much longer than its creative a play may be: decoders and slow pages stretch it a little.</summary>
    public static readonly TimeSpan Stretch = TimeSpan.FromSeconds(10);

    /// <summary>The oldest play accepted, so that an outage of a month loses nothing.</summary>
    public static readonly TimeSpan Oldest = TimeSpan.FromDays(35);

    /// <summary>
    /// How far a player's clock may run ahead, as for frames: a screen's plays and presences use the same clock, so they still match.
    /// </summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromDays(1);

    /// <summary>Why a report can never be accepted; null when it can.</summary>
    /// <param name="report">The report as received.</param>
    /// <param name="creativeSeconds">Duration of its creative; null when there is no such creative.</param>
    /// <param name="now">The current time, by the server's clock.</param>
    public static string? FindFault(PlayReport report, double? creativeSeconds, DateTimeOffset now)
    {
        if (report.PlayId == Guid.Empty) return "playId is empty.";
        if (creativeSeconds is not { } seconds) return "There is no such creative.";
        if (!Enum.IsDefined(report.End)) return "end is unknown.";
        if (report.EndedAt < report.StartedAt) return "The play ends before it begins.";
        if (report.EndedAt - report.StartedAt > TimeSpan.FromSeconds(seconds) + Stretch) return "The play is longer than its creative.";
        if (report.EndedAt > now + Ahead) return "The play is in the future: check the player's clock.";
        if (report.StartedAt < now - Oldest) return "The play is more than 35 days old.";
        return report.FramesPresented < 1 ? "No frame was presented, so nothing was played." : null;
    }
}
