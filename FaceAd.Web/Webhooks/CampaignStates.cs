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
    /// <paramref name="since"/>: few columns of about as many rows as <see cref="DecisionSnapshot"/> holds, or of some of them.
    /// </summary>
    /// <param name="db">The database.</param>
    /// <param name="zones">The time zones of all sites.</param>
    /// <param name="now">The instant.</param>
    /// <param name="since">A day that has passed at every site.</param>
    /// <param name="only">Which campaigns; null for all.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<List<(Guid Id, string State)>> ReadAsync(
        FaceAdDbContext db, SiteZones zones, DateTimeOffset now, DateOnly since, Guid[]? only, CancellationToken cancellation)
    {
        if (only is []) return [];
        var clocks = zones.ClocksAt(now);
        var campaigns = await (only is null ? db.Campaigns : db.Campaigns.Where(c => only.Contains(c.Id))).AsNoTracking()
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
            return (c.Id, Of(c.State, Eligibility.Anywhere(terms, clocks(c.SiteIds))));
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
}
