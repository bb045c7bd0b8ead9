using FaceAd.Core;
using FaceAd.Core.Offline;
using FaceAd.Web.Decisions;
using FaceAd.Web.Frames;
using FaceAd.Web.Hosting;
using FaceAd.Web.Players;
using FaceAd.Web.Screens;
using Npgsql;

namespace FaceAd.Web.Plays;

/// <summary>
/// Checks play reports on arrival, from memory: which can never be stored, which do not fit what this server knows, and whether presence
/// was measured. A campaign's creative is in a screen's programme by its decision, taken for that screen from the campaigns that ran there;
/// the media owner's own creatives are in every programme. What a screen played by itself while the server was away is in its schedule, and
/// named so that it counts once (<see cref="OfflineSlice"/>). A decision follows viewers whom this screen's own frames or reports have
/// shown, so a campaign's play needs no further evidence that the screen was heard of at that time.
/// </summary>
sealed class PlayChecks(
    PlayedCreatives creatives, DecisionSeals decisions, PlaySeals seals, ConnectedTimes connected, AnalysisGaps gaps, TimeProvider time)
{
    /// <summary>Checks one request's reports.</summary>
    /// <returns>Plays, some of them disputed; and reports that can never be stored.</returns>
    /// <exception cref="NpgsqlException">The database is unavailable.</exception>
    public async ValueTask<(List<Play> Plays, List<RefusedPlay> Refused)> RunAsync(
        ScreenEntry screen, IReadOnlyList<PlayReport> reports, CancellationToken cancellation)
    {
        var known = await creatives.FindAsync(reports.Select(r => r.CreativeId), cancellation);
        var signed = await seals.CheckAsync(screen, reports, cancellation);
        var now = time.GetUtcNow();
        List<Play> plays = new(reports.Count);
        List<RefusedPlay> refused = [];
        foreach (var (report, (seal, dispute)) in reports.Zip(signed))
        {
            var isKnown = known.TryGetValue(report.CreativeId, out var creative);
            if (PlayReportRules.FindFault(report, isKnown, now) is { } fault) refused.Add(new RefusedPlay(report.PlayId, fault));
            else plays.Add(ToPlay(screen, report, creative, seal, dispute, now));
        }
        return (plays, refused);
    }

    /// <summary>Drops a deleted creative from memory.</summary>
    public void Forget(Guid creative) => creatives.Forget(creative);

    // A play of the house loop has no exposures to compute.
    private Play ToPlay(
        ScreenEntry screen, PlayReport report, PlayedCreative creative, SealedPlay? seal, DisputeReason? dispute, DateTimeOffset now)
    {
        dispute ??= PlayReportRules.FindDispute(report, creative, screen.Measurement || screen.MeasuredUntil is not null, now)
            ?? FindDispute(screen.Id, report, creative);
        return new Play
        {
            Id = report.PlayId,
            ScreenId = screen.Id,
            DecisionId = report.DecisionId,
            CreativeId = creative.Id,
            CampaignId = creative.CampaignId,
            OrganisationId = creative.OrganisationId,
            StartedAt = Play.Stored(report.StartedAt),
            EndedAt = Play.Stored(report.EndedAt),
            Day = screen.Calendar.DayOf(report.StartedAt),
            Hour = screen.Calendar.HourOf(report.StartedAt),
            End = report.End,
            Measured = report.Measured && WasMeasured(screen, report),
            FramesPresented = report.FramesPresented,
            ReceivedAt = now,
            ExposuresDue = creative.CampaignId is not null,
            Seal = seal,
            Dispute = dispute,
            Trace = Traces.Current,
        };
    }

    private DisputeReason? FindDispute(Guid screen, PlayReport report, PlayedCreative creative)
    {
        if (report.DecisionId is { } ticket && decisions.SliceOf(ticket, screen, creative.Id) is { } slice)
        {
            return PlayReportRules.FindNotAllowed(
                report, slice, decisions.PlayKey(screen), connected.WasConnected(screen, report.StartedAt, PlayReportRules.ClockError));
        }
        var decidedAt = report.DecisionId is { } decision ? decisions.TimeOf(decision, screen, creative.Id) : null;
        return PlayReportRules.FindUndecided(report, creative, decidedAt);
    }

    // Only if all agree: the player, whether it observed; its site, whether it may; this server, whether it analysed what it received.
    // Where measurement was stopped, a player without a network cannot know: what it saw is not taken, but it does not lie.
    private bool WasMeasured(ScreenEntry screen, PlayReport report) =>
        (screen.Measurement || report.EndedAt <= screen.MeasuredUntil + PlayReportRules.ClockError)
        && !gaps.Overlaps(screen.Id, report.StartedAt, report.EndedAt);
}
