using FaceAd.Core;
using FaceAd.Core.Offline;
using FaceAd.Web.Audiences;

namespace FaceAd.Web.Plays;

/// <summary>
/// What a play report must look like: one that says nothing that could be stored is refused; one that a player following its server cannot
/// have made is disputed. Pure; whether plays overlap is <see cref="ScreenTimeline"/>'s to say.
/// </summary>
static class PlayReportRules
{
    /// <summary>How much longer than its creative a play may be: decoders and slow pages stretch it a little.</summary>
    public static readonly TimeSpan Stretch = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How much shorter than its creative a completed play may be, at most half of it: a busy page may present its first frame late, and is
    /// restarted when that takes longer (<see cref="PagePatience.Start"/>).
    /// </summary>
    public static readonly TimeSpan LateStart = PagePatience.Start;

    /// <summary>The oldest play accepted, so that an outage of a month loses nothing.</summary>
    public static readonly TimeSpan Oldest = TimeSpan.FromDays(35);

    /// <inheritdoc cref="AudienceReportRules.ClockError"/>
    public static readonly TimeSpan ClockError = AudienceReportRules.ClockError;

    /// <summary>
    /// The longest that a frame stands: the player skips a video that presents no new one for 3 s, unless it stood still itself meanwhile.
    /// </summary>
    public static readonly TimeSpan LongestFrame = TimeSpan.FromSeconds(7);

    /// <summary>More frames a second than any display presents; creatives are encoded with at most 30.</summary>
    public const int MostFramesPerSecond = 120;

    /// <summary>Why a report can never be stored; null when it can.</summary>
    /// <param name="report">The report as received.</param>
    /// <param name="isKnown">Whether its creative exists.</param>
    /// <param name="now">The current time, by the server's clock.</param>
    public static string? FindFault(PlayReport report, bool isKnown, DateTimeOffset now)
    {
        if (report.PlayId == Guid.Empty) return "playId is empty.";
        if (!isKnown) return "There is no such creative.";
        if (!Enum.IsDefined(report.End)) return "end is unknown.";
        if (report.EndedAt < report.StartedAt) return "The play ends before it begins.";
        if (report.StartedAt < now - Oldest) return "The play is more than 35 days old.";
        return report.FramesPresented < 1 ? "No frame was presented, so nothing was played." : null;
    }

    /// <summary>Why a report does not fit what the server knows, whatever its decision; null when it does.</summary>
    /// <param name="report">A report without a fault.</param>
    /// <param name="creative">Its creative.</param>
    /// <param name="mayMeasure">Whether its site has ever measured.</param>
    /// <param name="now">The current time, by the server's clock.</param>
    public static DisputeReason? FindDispute(PlayReport report, PlayedCreative creative, bool mayMeasure, DateTimeOffset now)
    {
        var length = report.EndedAt - report.StartedAt;
        if (report.EndedAt > now + ClockError) return DisputeReason.InFuture;
        if (length > TimeSpan.FromSeconds(creative.Seconds) + Stretch) return DisputeReason.TooLong;
        if (report.End == PlayEnd.Completed && length < Shortest(creative)) return DisputeReason.TooShort;
        if (report.FramesPresented * LongestFrame < length
            || report.FramesPresented > MostFramesPerSecond * (length.TotalSeconds + 1)) return DisputeReason.Frames;
        return report.Measured && !mayMeasure ? DisputeReason.NeverMeasured : null;
    }

    /// <summary>
    /// Why a report does not fit its decision; null when it does. <see cref="DisputeReason.UnknownDecision"/> comes last: a row of the
    /// decision may yet refute it.
    /// </summary>
    /// <param name="report">A report without a fault.</param>
    /// <param name="creative">Its creative.</param>
    /// <param name="decidedAt">When its decision was taken; null unless this installation took it for this screen and creative.</param>
    public static DisputeReason? FindUndecided(PlayReport report, PlayedCreative creative, DateTimeOffset? decidedAt)
    {
        if (report.DecisionId is null) return creative.CampaignId is null ? null : DisputeReason.NoDecision;
        if (decidedAt is not { } decided) return DisputeReason.UnknownDecision;
        return IsAtItsTime(report.StartedAt, decided) ? null : DisputeReason.NotAtItsTime;
    }

    /// <summary>Why a report does not fit what its screen was allowed to play by itself; null when it does.</summary>
    /// <param name="report">A report without a fault.</param>
    /// <param name="slice">What was allowed, of this creative.</param>
    /// <param name="playKey">The screen's key of such plays.</param>
    /// <param name="wasConnected">Whether the screen was connected when the play began.</param>
    public static DisputeReason? FindNotAllowed(PlayReport report, OfflineSlice slice, Guid playKey, bool wasConnected)
    {
        if (report.StartedAt < slice.From - ClockError || report.StartedAt >= slice.Until + ClockError) return DisputeReason.NotAtItsTime;
        if (!slice.Has(report.PlayId, playKey, report.CreativeId)) return DisputeReason.BeyondSlice;
        return wasConnected ? DisputeReason.ServerWasThere : null;
    }

    private static TimeSpan Shortest(PlayedCreative creative)
    {
        var full = TimeSpan.FromSeconds(creative.Seconds);
        return full < 2 * LateStart ? full / 2 : full - LateStart;
    }

    /// <summary>Whether a play began when its decision's command was in force.</summary>
    public static bool IsAtItsTime(DateTimeOffset startedAt, DateTimeOffset decidedAt) =>
        startedAt >= decidedAt - ClockError && startedAt <= decidedAt + PlayCommand.Lifetime + ClockError;
}
