using System.Data;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Data;
using FaceAd.Web.Metrics;
using FaceAd.Web.Metrics.Rollups;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FaceAd.Web.Delivery.Sales;

/// <summary>Reads what the campaigns of the viewer's own organisation cost and deliver, all together.</summary>
sealed class SpendReader(IDbContextFactory<FaceAdDbContext> contexts, TimeProvider time)
{
    /// <summary>The running campaigns.</summary>
    /// <param name="viewer">Whose.</param>
    /// <param name="today">Today, in the pages' time zone.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public async Task<Spend> ReadAsync(Viewer viewer, DateOnly today, CancellationToken cancellation = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        var campaigns = await Own(db, viewer).Where(CampaignPhases.Are(CampaignPhase.Running, today)).Include(c => c.Total)
            .ToListAsync(cancellation);
        var calendars = await AccruedCost.CalendarsAsync(db, [.. campaigns.Select(c => c.Id)], cancellation);
        var now = time.GetUtcNow();
        var paced = campaigns.ConvertAll(c => (
            Campaign: c, Pacing: Pacing.Of(c, calendars[c.Id], now, c.Total?.TargetImpressions ?? 0)));
        var known = paced.Where(p => p.Pacing.ProjectedKrw.Value is not null).ToList();
        return new Spend(
            paced.Sum(p => p.Pacing.CommittedKrw ?? 0), paced.Sum(p => p.Pacing.AccruedKrw ?? 0),
            known.Count == 0 ? null : known.Sum(p => (long)p.Pacing.ProjectedKrw.Value!.Value), paced.Count - known.Count,
            [.. paced.OrderByDescending(p => p.Pacing.State == PacingState.Behind).ThenBy(p => p.Campaign.EndsOn)
                .ThenBy(p => p.Campaign.Id).Select(p => new PacedCampaign(p.Campaign.Id, p.Campaign.Name, p.Pacing))]);
    }

    /// <summary>
    /// Impressions and accrued cost of each day, of all campaigns that were on air in these days. A cost is what
    /// <see cref="MetricsReader"/> gives for that campaign and day; definition: docs/metrics.md, "Cost".
    /// </summary>
    /// <param name="viewer">Whose.</param>
    /// <param name="today">The last of the days.</param>
    /// <param name="days">How many.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public async Task<IReadOnlyList<TrendDay>> TrendAsync(
        Viewer viewer, DateOnly today, int days, CancellationToken cancellation = default)
    {
        var (first, now) = (today.AddDays(1 - days), time.GetUtcNow());
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        await using var instant = await db.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        var campaigns = await Own(db, viewer)
            .Where(c => (c.State == CampaignState.Approved || c.State == CampaignState.Paused) && c.EndsOn >= first && c.StartsOn <= today)
            .Include(c => c.Total).ToListAsync(cancellation);
        Guid[] ids = [.. campaigns.Select(c => c.Id)];
        var calendars = await AccruedCost.CalendarsAsync(db, ids, cancellation);
        var counted = (await ((NpgsqlConnection)db.Database.GetDbConnection()).QueryAsync(
            "SELECT campaign_id, day, impressions, on_target FROM campaign_days WHERE campaign_id = ANY ($1) AND day >= $2",
            [ids, first],
            r => (Id: r.GetGuid(0), Day: r.GetFieldValue<DateOnly>(1), Impressions: r.GetInt64(2), OnTarget: r.GetInt64(3)),
            cancellation)).ToLookup(r => r.Id);
        var (impressions, spend) = (new long[days], new decimal[days]);
        foreach (var campaign in campaigns)
        {
            var own = counted[campaign.Id].ToDictionary(r => r.Day);
            var scope = MetricsScope.Everywhere(campaign, calendars[campaign.Id], now);
            var before = (campaign.Total?.TargetImpressions ?? 0) - own.Values.Sum(r => r.OnTarget);
            var last = calendars[campaign.Id].DayOf(now); // elsewhere it may still be yesterday
            for (var place = 0; place < days && first.AddDays(place) is var day && day <= last; place++)
            {
                var (_, _, seen, onTarget) = own.GetValueOrDefault(day);
                impressions[place] += seen;
                spend[place] += MetricsReader.Cost(scope with { Days = new(day, day) }, new Charged(before, before + onTarget))!.Value;
                before += onTarget;
            }
        }
        return [.. Enumerable.Range(0, days).Select(d => new TrendDay(first.AddDays(d), impressions[d], (long)spend[d]))];
    }

    private static IQueryable<Campaign> Own(FaceAdDbContext db, Viewer viewer) =>
        db.Campaigns.AsNoTracking().Where(c => c.OrganisationId == viewer.OrganisationId && c.DeletedAt == null);
}
