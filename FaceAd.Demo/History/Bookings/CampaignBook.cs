using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Demo.History.Riders;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Approvals;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Demo.History.Bookings;

/// <summary>Books the campaigns of the demonstration on their days, as their advertisers and the media owner would.</summary>
/// <param name="campaigns">The product's booking.</param>
/// <param name="contexts">The database.</param>
/// <param name="videos">The videos.</param>
/// <param name="clock">Set to the moment of each step.</param>
/// <param name="chance">Chance.</param>
sealed class CampaignBook(
    CampaignService campaigns, IDbContextFactory<FaceAdDbContext> contexts, BookedVideos videos, HistoryClock clock, Chance chance)
{
    const int Morning = 9; // when campaigns are drawn up

    readonly Dictionary<CampaignPlan, Guid> _booked = [];

    /// <summary>Does what is planned for a day.</summary>
    /// <param name="start">The first instant of the day.</param>
    /// <param name="day">The day, counted from today.</param>
    /// <param name="sites">The sites, in the order of <see cref="Building.All"/>.</param>
    public async Task RunAsync(DateTimeOffset start, int day, IReadOnlyList<Guid> sites)
    {
        foreach (var plan in CampaignPlans.All.Where(p => p.MadeOn == day))
        {
            clock.Now = start.AddHours(Morning);
            await DrawUpAsync(plan, day, sites);
        }
        foreach (var (plan, step) in CampaignPlans.All.SelectMany(p => p.AllSteps, (p, s) => (p, s)).Where(x => x.s.Day == day)
            .OrderBy(x => x.s.Hour))
        {
            clock.Now = start.AddHours(step.Hour).AddMinutes(chance.Between(1, 50));
            await using var db = await contexts.CreateDbContextAsync();
            var viewer = await ViewerAsync(db, CampaignSteps.ForAdmins(step.Action) ? null : plan.Advertiser);
            var done = await campaigns.StepAsync(viewer, _booked[plan], step.Action, step.Reason, Enum.GetValues<ReviewItem>());
            if (done is not { Happened: true }) throw new InvalidOperationException($"{step.Action} of {plan.Name} did not happen.");
        }
    }

    async Task DrawUpAsync(CampaignPlan plan, int day, IReadOnlyList<Guid> sites)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var viewer = await ViewerAsync(db, plan.Advertiser);
        var today = SiteCalendar.Default.DayOf(clock.Now);
        var draft = new CampaignDraft
        {
            Name = plan.Name,
            StartsOn = today.AddDays(plan.From - day),
            EndsOn = today.AddDays(plan.To - day),
            Targets = plan.Targets.ToHashSet(),
            SiteIds = plan.Buildings.Select(b => sites[b]).ToHashSet(),
            Days = plan.Weekdays,
            Hours = plan.Hours,
            PriceModel = plan.PricePerThousandKrw is null ? PriceModel.Flat : PriceModel.PerThousand,
            BudgetKrw = plan.BudgetKrw,
            PricePerThousandKrw = plan.PricePerThousandKrw,
        };
        var (campaign, problems) = await campaigns.CreateAsync(viewer, draft, today, chance.Id(clock.Now));
        if (campaign is null) throw new InvalidOperationException($"{plan.Name} cannot be booked: {string.Join(", ", problems)}.");
        _booked[plan] = campaign.Id;
        db.Creatives.AddRange(plan.Videos.Select((video, i) =>
            videos.Use(video.Video, viewer.OrganisationId, campaign.Id, clock.Now.AddMinutes(i + 1), video.Weight)));
        await db.SaveChangesAsync();
    }

    // The account of an advertiser; of the media owner where none is named.
    static async Task<Viewer> ViewerAsync(FaceAdDbContext db, string? advertiser)
    {
        var kind = advertiser is null ? OrganisationKind.MediaOwner : OrganisationKind.Advertiser;
        var (user, organisation) = await db.Users
            .Join(db.Organisations, u => u.OrganisationId, o => o.Id, (u, o) => new { User = u, Organisation = o })
            .Where(x => x.Organisation.Kind == kind && (advertiser == null || x.Organisation.Name == advertiser))
            .Select(x => ValueTuple.Create(x.User, x.Organisation)).SingleAsync();
        return new Viewer(organisation.Id, advertiser is null) { Manages = true, UserId = user.Id, Name = user.UserName };
    }
}
