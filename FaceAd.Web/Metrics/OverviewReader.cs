using FaceAd.Core;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Approvals;
using FaceAd.Web.Data;
using FaceAd.Web.Plays;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FaceAd.Web.Metrics;

/// <summary>A campaign that runs today, with its exact figures.</summary>
/// <param name="Id">The campaign.</param>
/// <param name="Name">Its name.</param>
/// <param name="Advertiser">Its advertiser.</param>
/// <param name="Targets">Its segments.</param>
/// <param name="Figures">Its figures in the current window.</param>
sealed record RunningCampaign(Guid Id, string Name, string Advertiser, IReadOnlyList<Segment> Targets, CampaignSummary Figures);

/// <summary>Current key figures for the media owner.</summary>
/// <param name="Waiting">What awaits a decision: campaigns, new versions of creatives, and change requests.</param>
/// <param name="PlaysToday">Campaign plays since each site's midnight, measured or not.</param>
/// <param name="CoverageToday">Their measured share, 0..1; null without plays.</param>
/// <param name="Running">Campaigns that may run today, largest budget first, at most <see cref="OverviewReader.MostCampaigns"/>.</param>
/// <param name="RunningTotal">How many may run today in all.</param>
/// <param name="Disputed">Plays disputed in the last <see cref="DisputeStore.LatelyDays"/> days.</param>
sealed record Overview(
    WaitingCounts Waiting, long PlaysToday, double? CoverageToday, IReadOnlyList<RunningCampaign> Running, int RunningTotal, long Disputed);

/// <summary>Reads the media owner's overview.</summary>
sealed class OverviewReader(IDbContextFactory<FaceAdDbContext> contexts, NpgsqlDataSource database, MetricsReader metrics,
    ScreenDirectory screens, TimeProvider time)
{
    /// <summary>The most campaigns with figures.</summary>
    public const int MostCampaigns = 12;

    /// <summary>Reads the overview.</summary>
    public async Task<Overview> ReadAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        var waiting = await ApprovalQueue.CountAsync(db, cancellation);
        var lately = DateOnly.FromDateTime(now.UtcDateTime).AddDays(-DisputeStore.LatelyDays);
        var disputed = await db.Set<DisputedPlayDay>().Where(d => d.Day > lately).SumAsync(d => d.Plays, cancellation);
        var days = screens.All.Select(s => s.Calendar.DayOf(now)).Distinct().ToList();
        var (first, last) = days.Count == 0 ? (DateOnly.MaxValue, DateOnly.MinValue) : (days.Min(), days.Max());
        var running = db.Campaigns.AsNoTracking()
            .Where(c => c.State == CampaignState.Approved && c.StartsOn <= last && c.EndsOn >= first && c.Creatives.Any());
        var total = await running.CountAsync(cancellation);
        var largest = await running.OrderByDescending(c => c.BudgetKrw).ThenBy(c => c.Id).Take(MostCampaigns)
            .Select(c => new { c.Id, c.Name, Advertiser = c.Organisation!.Name, c.Targets }).ToListAsync(cancellation);
        var figures = await metrics.ReadSummariesAsync([.. largest.Select(c => c.Id)], cancellation);
        var (plays, measured) = await ReadPlaysAsync(now, cancellation);
        return new Overview(
            waiting, plays, MetricFormulas.Coverage(measured, plays),
            [.. largest.Select(c => new RunningCampaign(c.Id, c.Name, c.Advertiser, c.Targets, figures[c.Id]))], total, disputed);
    }

    // From daily sums per screen, each on its own site's day.
    private async Task<(long Plays, long Measured)> ReadPlaysAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return (await connection.QueryAsync("""
            SELECT COALESCE(sum(d.plays), 0)::bigint, COALESCE(sum(d.measured), 0)::bigint
            FROM sites s JOIN screens c ON c.site_id = s.id
                JOIN play_days d ON d.screen_id = c.id AND d.day = ($1 AT TIME ZONE s.time_zone)::date
            """, [now.UtcDateTime], r => (r.GetInt64(0), r.GetInt64(1)), cancellation))[0];
    }
}
