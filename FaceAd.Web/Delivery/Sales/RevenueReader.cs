using System.Data;
using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using FaceAd.Web.Hosting;
using FaceAd.Web.Metrics;
using FaceAd.Web.Metrics.Rollups;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FaceAd.Web.Delivery.Sales;

/// <summary>Reads the media owner's revenue: one row a campaign on air, and one a campaign and day of this month.</summary>
sealed class RevenueReader
{
    private readonly IDbContextFactory<FaceAdDbContext> _contexts;
    private readonly TimeProvider _time;
    private readonly RecentAnswers<DateOnly, Revenue> _kept;

    public RevenueReader(IDbContextFactory<FaceAdDbContext> contexts, TimeProvider time)
    {
        (_contexts, _time) = (contexts, time);
        _kept = new(today => ComputeAsync(today, CancellationToken.None), time);
    }

    /// <summary>The revenue, at most a minute old.</summary>
    /// <param name="today">Today, in the pages' time zone.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public Task<Revenue> ReadAsync(DateOnly today, CancellationToken cancellation = default) => _kept.ReadAsync(today, cancellation);

    internal async Task<Revenue> ComputeAsync(DateOnly today, CancellationToken cancellation)
    {
        var now = _time.GetUtcNow();
        var first = new DateOnly(today.Year, today.Month, 1);
        var (second, third) = (first.AddMonths(1), first.AddMonths(2));
        await using var db = await _contexts.CreateDbContextAsync(cancellation);
        await using var instant = await db.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        var campaigns = await db.Campaigns.AsNoTracking().Include(c => c.Total)
            .Where(c => (c.State == CampaignState.Approved || c.State == CampaignState.Paused) && c.EndsOn >= first && c.StartsOn < third)
            .ToListAsync(cancellation);
        var delivered = await DeliveredAsync((NpgsqlConnection)db.Database.GetDbConnection(), first, third, cancellation);
        var calendars = await SiteCalendars.ReadAsync(db, cancellation);
        var shares = campaigns.ConvertAll(c => Share(c, calendars.Of(c.SiteIds)));
        var advertisers = shares.Where(s => s.Campaign.StartsOn < second).GroupBy(s => s.Campaign.OrganisationId)
            .Select(g => new AdvertiserRevenue(g.Key, "", g.Count(), Sum(g.Select(s => s.Month))))
            .OrderByDescending(a => a.Month.NetProjectedKrw).ThenBy(a => a.Id).ToList();
        Guid[] named = [.. advertisers.Take(Revenue.MostAdvertisers).Select(a => a.Id)];
        var names = await db.Organisations.Where(o => named.Contains(o.Id)).ToDictionaryAsync(o => o.Id, o => o.Name, cancellation);
        var others = advertisers.Skip(Revenue.MostAdvertisers).ToList();
        return new Revenue(
            first, Sum(shares.Select(s => s.Month)), Sum(shares.Select(s => s.Next)),
            [.. advertisers.Take(Revenue.MostAdvertisers).Select(a => a with { Name = names[a.Id] })],
            others.Count == 0 ? null : new(Guid.Empty, "", others.Sum(a => a.Campaigns), Sum(others.Select(a => a.Month))),
            shares.Count(s => s.AsPlanned));

        static Earned Sum(IEnumerable<Earned> parts) => parts.Aggregate(default(Earned), (sum, part) => sum + part);

        (Campaign Campaign, Earned Month, Earned Next, bool AsPlanned) Share(Campaign campaign, SiteCalendar calendar)
        {
            var all = campaign.Total?.TargetImpressions ?? 0;
            var charged = new Charged(all - delivered.GetValueOrDefault(campaign.Id), all);
            var scope = MetricsScope.Everywhere(campaign, calendar, now) with { Days = new(first, second.AddDays(-1)) };
            var accrued = (long)MetricsReader.Cost(scope, charged)!.Value;
            var atEnd = Pacing.ProjectedCost(campaign, calendar, now, all, calendar.StartOf(second));
            var toDate = Pacing.ProjectedCost(campaign, calendar, now, all, now);
            var next = Pacing.ProjectedCost(campaign, calendar, now, all, calendar.StartOf(third)) - atEnd;
            var asPlanned = campaign.PriceModel == PriceModel.PerThousand && all < CostFigures.Least && next + atEnd > toDate;
            var pacing = Pacing.Of(campaign, calendar, now, all);
            long Credits(bool due, DateOnly from, DateOnly to) => Earned.CreditsIn(
                campaign, due && pacing.Elapsed < 1 ? null : (long?)pacing.CreditKrw.Value, from, to);
            return (
                campaign, new(accrued, accrued + atEnd - toDate, Credits(due: true, first, second), Credits(due: false, first, second)),
                new(0, next, 0, Credits(due: false, second, third)), asPlanned);
        }
    }

    // Target impressions of this month: what was charged before it is the rest.
    private static async Task<Dictionary<Guid, long>> DeliveredAsync(
        NpgsqlConnection connection, DateOnly first, DateOnly third, CancellationToken cancellation) =>
        (await connection.QueryAsync($"""
            SELECT d.campaign_id, sum(d.on_target)::bigint
            FROM campaigns c JOIN campaign_days d ON d.campaign_id = c.id AND d.day >= $1
            WHERE c.price_model = {(int)PriceModel.PerThousand} AND c.ends_on >= $1 AND c.starts_on < $2
                AND c.state IN ({(int)CampaignState.Approved}, {(int)CampaignState.Paused})
            GROUP BY 1
            """, [first, third], r => (r.GetGuid(0), r.GetInt64(1)), cancellation)).ToDictionary(r => r.Item1, r => r.Item2);
}
