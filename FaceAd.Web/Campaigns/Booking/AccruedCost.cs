using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Campaigns.Booking;

/// <summary>What booked campaigns have cost by now, which no change of their terms may lower.</summary>
static class AccruedCost
{
    /// <summary>The calendars of campaigns: those of their sites that were registered first, as for their figures.</summary>
    public static async Task<Dictionary<Guid, SiteCalendar>> CalendarsAsync(
        FaceAdDbContext db, Guid[] campaigns, CancellationToken cancellation = default)
    {
        var found = await db.Campaigns.AsNoTracking().Where(c => campaigns.Contains(c.Id))
            .Select(c => new
            {
                c.Id,
                Site = db.Sites.Where(s => c.SiteIds.Length == 0 || c.SiteIds.Contains(s.Id)).OrderBy(s => s.CreatedAt).FirstOrDefault(),
            })
            .ToListAsync(cancellation);
        return found.ToDictionary(c => c.Id, c => c.Site is { } first ? first.Calendar() : SiteCalendar.Default);
    }

    /// <summary>Cost to date in KRW; 0 before the campaign is booked.</summary>
    /// <param name="campaign">The campaign, with its total.</param>
    /// <param name="calendar">Its calendar.</param>
    /// <param name="now">The current time. A clock that was set back takes nothing away.</param>
    public static decimal Of(Campaign campaign, SiteCalendar calendar, DateTimeOffset now) => !CampaignSteps.IsBooked(campaign.State) ? 0
        : Math.Max(campaign.Terms.CostToDate(calendar, now), campaign.Accruals is [.., var last] ? last.Krw : 0);

    /// <summary>Keeps what has accrued; before booked terms are changed.</summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="accrued">Its cost to date.</param>
    /// <param name="now">The current time.</param>
    public static void Keep(Campaign campaign, decimal accrued, DateTimeOffset now)
    {
        // A price per thousand counts what was delivered: neither dates nor budget alter that.
        if (campaign.PriceModel != PriceModel.Flat || accrued == 0 || campaign.Accruals is [.., var last] && last.At >= now) return;
        campaign.Accruals = [.. campaign.Accruals ?? [], new Accrual(now, accrued)];
    }
}
