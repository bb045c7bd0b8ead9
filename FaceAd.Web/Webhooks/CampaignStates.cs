using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Webhooks;

/// <summary>The states of campaigns as events name them, by the same <see cref="Eligibility"/> as decisions.</summary>
static class CampaignStates
{
    /// <summary>
    /// The states of approved and paused campaigns, but for those that ended before
    /// <paramref name="since"/>. It reads every campaign on air
    /// or booked, since time alone changes a state: few columns of about as many rows as <see cref="DecisionSnapshot"/> holds.
    /// </summary>
    /// <param name="db">The database.</param>
    /// <param name="now">The instant.</param>
    /// <param name="since">A day that has passed at every site.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<List<(Guid Id, string State)>> ReadAsync(
        FaceAdDbContext db, DateTimeOffset now, DateOnly since, CancellationToken cancellation)
    {
        var clocks = await ReadClocksAsync(db, now, cancellation);
        var campaigns = await db.Campaigns.AsNoTracking()
            .Where(c => (c.State == CampaignState.Approved || c.State == CampaignState.Paused) && c.DeletedAt == null && c.EndsOn >= since)
            .Select(c => new
            {
                c.Id,
                c.State,
                c.SiteIds,
                c.StartsOn,
                c.EndsOn,
                c.Flights,
                c.Days,
                c.Hours,
                c.PriceModel,
                c.BudgetKrw,
                c.PricePerThousandKrw,
                TargetImpressions = c.Total == null ? 0 : c.Total.TargetImpressions,
            })
            .ToListAsync(cancellation);
        return campaigns.ConvertAll(c =>
        {
            var terms = new RunningTerms(
                c.SiteIds, new FlightPlan(c.StartsOn, c.EndsOn, c.Flights), c.Days, c.Hours, c.PriceModel, c.BudgetKrw,
                c.PricePerThousandKrw, c.TargetImpressions);
            return (c.Id, Of(c.State, Eligibility.Anywhere(terms, clocks.Of(c.SiteIds))));
        });
    }

    /// <summary>
    /// The state of an approved or paused campaign. Hours and days of the week change nothing: they would tell of every night.
    /// </summary>
    /// <param name="state">The stored state.</param>
    /// <param name="gate">What keeps it from running at all of its sites.</param>
    internal static string Of(CampaignState state, Gate gate) => gate switch
    {
        Gate.Ended => "ended",
        _ when state == CampaignState.Paused => "paused",
        Gate.NotStarted => "scheduled",
        Gate.Budget => "budget-spent",
        Gate.BetweenFlights => "between-flights",
        _ => "running",
    };

    // Nearly always all sites share one time zone; only else does it matter which campaign is booked where.
    private static async Task<Clocks> ReadClocksAsync(FaceAdDbContext db, DateTimeOffset now, CancellationToken cancellation)
    {
        var zones = await db.Sites.Select(s => s.TimeZone).Distinct().ToListAsync(cancellation);
        var clocks = zones.ToDictionary(z => z, z => new SiteCalendar(z, SiteCalendar.DefaultAnchor).ClockAt(now));
        if (clocks.Count < 2) return new Clocks([clocks.Count == 0 ? SiteCalendar.Default.ClockAt(now) : clocks.Values.Single()], null);
        var sites = await db.Sites.Select(s => new { s.Id, s.TimeZone }).ToListAsync(cancellation);
        return new Clocks([.. clocks.Values], sites.ToDictionary(s => s.Id, s => clocks[s.TimeZone]));
    }

    private sealed record Clocks(DateTime[] All, Dictionary<Guid, DateTime>? BySite)
    {
        public IEnumerable<DateTime> Of(Guid[] siteIds) =>
            BySite is null || siteIds.Length == 0 ? All : siteIds.Where(BySite.ContainsKey).Select(id => BySite[id]).Distinct()
                .DefaultIfEmpty(All[0]);
    }
}
