using FaceAd.Core;

namespace FaceAd.Web.Plays;

/// <summary>What a play report must look like to be taken.</summary>
public static class PlayReportRules
{
    /// <summary>How far a play may outlast its creative: decoders and slow pages stretch it a little.</summary>
    public static readonly TimeSpan Stretch = TimeSpan.FromSeconds(10);

    /// <summary>The oldest play taken, so that an outage of a month loses nothing.</summary>
    public static readonly TimeSpan Oldest = TimeSpan.FromDays(35);

    /// <summary>How far a player's clock may run ahead, as for frames: plays and stays of one screen carry the same clock, so they still match.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromDays(1);

    /// <summary>Says why a report can never be taken; null when it can.</summary>
    /// <param name="report">The report, straight from the wire.</param>
    /// <param name="creativeSeconds">Running time of its creative; null when there is no such creative.</param>
    /// <param name="now">The server's clock.</param>
    public static string? FindFault(PlayReport report, double? creativeSeconds, DateTimeOffset now)
    {
        if (report.PlayId == Guid.Empty) return "playId is empty.";
        if (creativeSeconds is not { } seconds) return "There is no such creative.";
        if (!Enum.IsDefined(report.End)) return "end is unknown.";
        if (report.EndedAt < report.StartedAt) return "The play ends before it begins.";
        if (report.EndedAt - report.StartedAt > TimeSpan.FromSeconds(seconds) + Stretch) return "The play is longer than its creative.";
        if (report.EndedAt > now + Ahead) return "The play lies in the future: check the player's clock.";
        if (report.StartedAt < now - Oldest) return "The play is more than 35 days old.";
        return report.FramesPresented < 1 ? "No frame was presented, so nothing was played." : null;
    }
}
