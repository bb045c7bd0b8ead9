using FaceAd.Core;
using FaceAd.Tests.Delivery.Experiments;
using FaceAd.Tests.Player;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Accounts.Tokens;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Campaigns.Requests;
using FaceAd.Web.Creatives;
using FaceAd.Web.Creatives.Buildings;
using FaceAd.Web.Metrics;
using FaceAd.Web.Notifications;
using FaceAd.Web.Reports;
using FaceAd.Web.Reports.Mailing;
using FaceAd.Web.Samples;
using FaceAd.Web.Screens;
using FaceAd.Web.Webhooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Components.Walk;

/// <summary>
/// The app with something on every page: a campaign that was seen, one that waits, one thrown
/// away, mails, links, tokens, groups. The second advertiser has nothing.
/// </summary>
public partial class PageWalkFixture : RolesFixture
{
    /// <summary>A campaign with a creative, plays and exposures.</summary>
    public Guid Running { get; private set; }

    /// <summary>A campaign with an experiment.</summary>
    public Guid Experiment { get; private set; }

    /// <summary>A campaign that waits for its approval, with a comment.</summary>
    public Guid Waiting { get; private set; }

    /// <summary>A draft of the first advertiser.</summary>
    public Guid Draft { get; private set; }

    /// <summary>A building with a place, a picture and riders.</summary>
    public Guid Tower { get; private set; }

    /// <summary>The address of a report that anyone may read who has it.</summary>
    public string SharedReport { get; private set; } = "";

    /// <summary>A webhook of the first advertiser, with a delivery.</summary>
    public Guid Webhook { get; private set; }

    /// <summary>Addresses out of mails, by what they are for: confirm, reset, invitation, email, unsubscribe.</summary>
    public IReadOnlyDictionary<string, string> Links { get; private set; } = new Dictionary<string, string>();

    /// <summary>Every page, and who opens it.</summary>
    public IReadOnlyList<PageStop> Stops =>
    [
        new("/account/login", PageWalk.Nobody),
        new("/account/login", PageWalk.Nobody, "account/login?error=wrong"),
        new("/account/sign-up", PageWalk.Nobody),
        new("/account/sent", PageWalk.Nobody, "account/sent?what=sign-up"),
        new("/account/confirm", PageWalk.Nobody, Links["confirm"]),
        new("/account/confirm", PageWalk.Nobody, "account/confirm?token=none"),
        new("/account/confirm/again", PageWalk.Nobody),
        new("/account/forgot", PageWalk.Nobody),
        new("/account/reset", PageWalk.Nobody, Links["reset"]),
        new("/account/reset", PageWalk.Nobody, "account/reset?token=none"),
        new("/account/email", PageWalk.Nobody, Links["email"]),
        new("/account/unsubscribe", PageWalk.Nobody, Links["unsubscribe"]),
        new("/account/unsubscribe", PageWalk.Nobody, "account/unsubscribe?token=none"),
        new("/account/report-mail", PageWalk.Nobody, Links["reports"]),
        new("/account/report-mail", PageWalk.Nobody, "account/report-mail?token=none"),
        new("/account/invitation", PageWalk.Nobody, Links["invitation"]),
        new("/account/two-factor", PageWalk.Nobody),
        new("/account/denied", PageWalk.Nobody),
        new("/error", PageWalk.Nobody) { Status = 0 },
        new("/not-found", PageWalk.Nobody) { Status = 0 },
        new("/help/metrics", PageWalk.Nobody),
        new("/r/{Token}", PageWalk.Nobody, SharedReport),
        new("/r/{Token}", PageWalk.Nobody, "r/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa") { Status = 404 },

        new("/", RolesFixture.Owner),
        new("/", RolesFixture.Analyst, "?days=7"),
        new("/", RolesFixture.OtherOwner),
        new("/buildings", RolesFixture.Owner),
        new("/buildings", PeopleFixture.Admin, "buildings?q=nothing"),
        new("/buildings/{Id:guid}", RolesFixture.Owner, $"buildings/{Tower}"),
        new("/buildings/{Id:guid}", PeopleFixture.Admin, $"buildings/{Tower}?picture=Damaged"),
        new("/campaigns", RolesFixture.Owner)
        {
            Opens = [("[data-menu]", "[data-menu-open] .panel .floors a"), ("[data-do=search-all]", ".mud-dialog [data-search]")],
        },
        new("/campaigns/calendar", RolesFixture.Owner),
        new("/campaigns/new", RolesFixture.Owner),
        new("/campaigns/deleted", RolesFixture.Owner),
        new("/planner", RolesFixture.Owner, "planner?for=Men2030,Silver&budget=2000000&price=8000")
        {
            Opens = [("[data-do=keep]", "[data-compared]")],
        },
        new("/campaigns/{Id:guid}", RolesFixture.Owner, $"campaigns/{Running}") { Dialogs = ["[data-do=open-share]", "[data-do=open-mailing]"] },
        new("/campaigns/{Id:guid}", RolesFixture.Owner,
            $"campaigns/{Running}?from=2026-01-01&to=2026-01-02") { Opens = [("[popovertarget=tip-tile-cpm_krw]", "#tip-tile-cpm_krw")] },
        new("/campaigns/{Id:guid}", RolesFixture.Owner, $"campaigns/{Running}?tab=creatives"),
        new("/campaigns/{Id:guid}", RolesFixture.Owner, $"campaigns/{Experiment}?tab=creatives") { Dialogs = ["[data-do=stop-experiment]"] },
        new("/campaigns/{Id:guid}", RolesFixture.Owner, $"campaigns/{Running}?tab=comments&compare=daysBefore"),
        new("/campaigns/{Id:guid}", RolesFixture.Owner, $"campaigns/{Draft}"),
        new("/campaigns/{Id:guid}/edit", RolesFixture.Owner, $"campaigns/{Draft}/edit"),
        new("/campaigns/{Id:guid}/request", RolesFixture.Owner, $"campaigns/{Running}/request"),
        new("/campaigns/{Id:guid}/report", RolesFixture.Owner, $"campaigns/{Running}/report?pdf=Missing"),
        new("/campaigns/{Id:guid}/proof", RolesFixture.Owner, $"campaigns/{Running}/proof"),
        new("/notifications", RolesFixture.Owner),
        new("/organisation", RolesFixture.Owner)
        {
            Dialogs = ["[data-do=invite]", "[data-do=role]", "[data-do=remove]"],
            Opens = [("[data-columns=members] button", "[data-column=email]")],
        },
        new("/organisation", PeopleFixture.Admin) { Dialogs = ["[data-do=remove-sample]"] },
        new("/organisation/tokens", RolesFixture.Owner) { Dialogs = ["[data-do=make]", "[data-do=revoke]"] },
        new("/organisation/webhooks", RolesFixture.Owner) { Dialogs = ["[data-do=make]"] },
        new("/organisation/webhooks/{Id:guid}", RolesFixture.Owner, $"organisation/webhooks/{Webhook}")
        {
            Dialogs = ["[data-do=rotate]", "[data-do=delete]"],
            Opens = [("[data-do=details]", "[data-details] pre")],
        },
        new("/account/settings", RolesFixture.Owner),
        new("/account/settings/two-factor", RolesFixture.Owner),

        new("/campaigns", RolesFixture.OtherOwner),
        new("/campaigns", RolesFixture.OtherOwner, "campaigns?q=nothing"),
        new("/campaigns/calendar", RolesFixture.OtherOwner),
        new("/planner", RolesFixture.OtherOwner),
        new("/campaigns/deleted", RolesFixture.OtherOwner),
        new("/notifications", RolesFixture.OtherOwner),
        new("/organisation/tokens", RolesFixture.OtherOwner),
        new("/organisation/webhooks", RolesFixture.OtherOwner),

        new("/account/mailbox", PeopleFixture.Admin),
        new("/admin", PeopleFixture.Admin),
        new("/admin/overview", PeopleFixture.Admin),
        new("/admin/overview", PeopleFixture.Admin, "admin/overview?sales=ahead"),
        new("/admin/approvals", PeopleFixture.Admin) { Dialogs = ["[data-do=reject]"] },
        new("/admin/approvals", PeopleFixture.Admin, $"admin/approvals?campaign={Running}") { Opens = [("[data-do=reject]", "[name=reason]")] },
        new("/admin/screens",
            PeopleFixture.Admin) { Dialogs = ["[data-do=new-site]", "[data-do=new-screen]", "[data-do=consent]", "[data-do=revoke]"] },
        new("/admin/screens", PeopleFixture.Admin, "admin/screens?view=table")
        {
            Opens = [("[data-columns=screens] button", "[data-column=mode]")],
        },
        new("/admin/buildings", PeopleFixture.Admin) { Dialogs = ["[data-do=consent]"] },
        new("/admin/groups",
            PeopleFixture.Admin) { Opens = [("[data-group] [data-do=edit-group]", "#group-name"),
                ("[data-do=save-group]", ".mud-snackbar")] },
        new("/admin/house", PeopleFixture.Admin),
        new("/admin/live", PeopleFixture.Admin) { Opens = [("[data-menu]", "[data-menu-open] .panel .floors a")] },
        new("/admin/audience", PeopleFixture.Admin),
        new("/admin/privacy", PeopleFixture.Admin),
        new("/admin/audit", PeopleFixture.Admin)
        {
            Opens = [("[data-views] button", "[data-do=edit-views]"), ("[data-do=edit-views]", ".mud-dialog [name=view-name]")],
        },
        new("/campaigns", PeopleFixture.Admin) { Opens = [(".date-range button", ".range-presets")] },
        new("/campaigns/{Id:guid}", PeopleFixture.Admin, $"campaigns/{Waiting}"),
        new("/campaigns/new", RolesFixture.Analyst) { Status = 0 },
    ];

    /// <inheritdoc/>
    protected override async Task ReadyAsync()
    {
        await base.ReadyAsync();
        var (admin, owner) = (await ViewerAsync(Admin), await ViewerAsync(Owner));
        await PlacesAsync(admin);
        await using (var db = NewContext())
        {
            db.Add(new SampleItem { Id = Guid.NewGuid() }); // so that every page has its mark
            await db.SaveChangesAsync();
        }
        await CampaignsAsync(admin, owner);
        await using var scope = Services.CreateAsyncScope();
        var links = new Dictionary<string, string>();
        var services = scope.ServiceProvider;
        await services.GetRequiredService<ApiTokenService>()
            .MakeAsync(owner, "Data warehouse", [.. ApiScopes.Of(OrganisationKind.Advertiser)], 90);
        Assert.Null(await services.GetRequiredService<SignUps>().StartAsync("Newcomers of Seoul", "김하늘", "new@example.com", Password));
        links["confirm"] = await LinkAsync("new@example.com");
        Assert.Null(await services.GetRequiredService<Members>().InviteAsync(owner, "guest@example.com", Roles.Analyst));
        links["invitation"] = await LinkAsync("guest@example.com");
        var own = services.GetRequiredService<OwnAccount>();
        await own.ForgotAsync(Member);
        links["reset"] = await LinkAsync(Member);
        var user = await services.GetRequiredService<Microsoft.AspNetCore.Identity.UserManager<User>>().FindByEmailAsync(Analyst);
        Assert.Null(await own.ChangeEmailAsync(user!, Password, "moved@example.com"));
        links["email"] = await LinkAsync("moved@example.com");
        links["unsubscribe"] = "account/unsubscribe?token="
            + Uri.EscapeDataString(services.GetRequiredService<MailPreferences>().TokenOf(user!.Id, null));
        var mailings = services.GetRequiredService<ReportMailings>();
        Assert.Equal(MailingAnswer.Added, await mailings.AddAsync(owner, Running, owner.UserId, null, weekly: true, atEnd: true, "en"));
        Assert.Equal(MailingAnswer.Asked, await mailings.AddAsync(owner, Running, null, "agency@example.com", true, false, "en"));
        links["reports"] = await LinkAsync("agency@example.com");
        Links = links;
        var hooks = services.GetRequiredService<WebhookService>();
        // private: refused before anything is sent
        Webhook = (await hooks.MakeAsync(owner, "https://127.0.0.1:1/hook", ["campaign.ended"])).Hook!.Id;
        await hooks.TestAsync(owner, Webhook);
    }

    private async Task PlacesAsync(Viewer admin)
    {
        var registry = Services.GetRequiredService<ScreenRegistry>();
        var site = await registry.RegisterSiteAsync("한강 타워 Residences", "서울특별시 용산구 이촌로 1", "Asia/Seoul", "", null, admin);
        await registry.RegisterAsync(site.Id, "Lift 1", InferenceMode.Server, admin);
        await registry.RegisterSiteAsync("Empty annex", "", "Asia/Seoul", "", null, admin);
        await using var db = NewContext();
        Tower = await db.Sites.Where(s => s.Name == "Tower").Select(s => s.Id).SingleAsync();
        var places = Services.GetRequiredService<SitePlaces>();
        Assert.True(await places.SetAsync(admin, Tower, "서울특별시 영등포구 여의도동 1", (37.5243, 126.927)));
        Assert.True(await places.SetAsync(admin, site.Id, site.Address, (37.5172, 126.97)));
        await TestClips.PicturesAsync(Folder, "house", "testsrc=s=640x360:r=1:d=1", 1);
        await using (var picture = File.OpenRead(Path.Combine(Folder, "house001.jpg")))
            Assert.Null(await Services.GetRequiredService<SitePictures>().SetAsync(admin, Tower, picture));
        var sites = await db.Sites.Select(s => s.Id).ToListAsync();
        Assert.Null(await Services.GetRequiredService<SiteGroups>()
            .SaveAsync(admin, null, "Riverside", sites, Sample.Calendar.DayOf(TimeProvider.System.GetUtcNow())));
    }

    private async Task CampaignsAsync(Viewer admin, Viewer owner)
    {
        var (service, intake) = (Services.GetRequiredService<CampaignService>(), Services.GetRequiredService<CreativeIntake>());
        var video = Path.Combine(Folder, "walk.mp4");
        await TestClips.MakeAsync(video, "color=c=0x208050:s=640x360:r=15:d=2");
        var now = TimeProvider.System.GetUtcNow();
        // Noon of a day: no midnight falls between the rides.
        var noon = Sample.Calendar.StartOf(Sample.Calendar.DayOf(now.AddHours(-13))).AddHours(12);
        var (day, today) = (Sample.Calendar.DayOf(noon), Sample.Calendar.DayOf(now));
        async Task<(Guid Id, Guid Creative)> AddAsync(string name, Segment segment)
        {
            var (campaign, problems) = await service.CreateAsync(
                owner,
                new CampaignDraft
                {
                    Name = name,
                    Targets = new HashSet<Segment> { segment },
                    StartsOn = today,
                    EndsOn = today.AddDays(13),
                    BudgetKrw = 1_500_000,
                }, today);
            Assert.Empty(problems);
            return (campaign!.Id, (await intake.ImportAsync(video, First.Id, campaign.Id, name)).Creative!.Id);
        }

        (Running, var creative) = await AddAsync("봄맞이 특가 Spring sale", Segment.Men2030);
        (Waiting, _) = await AddAsync("Waits for approval", Segment.Women4050);
        (Draft, _) = await AddAsync("Not handed in yet", Segment.Silver);
        var (rejected, _) = await AddAsync("Sent back", Segment.Kids);
        var (deleted, _) = await AddAsync("Thrown away", Segment.Silver);
        foreach (var id in new[] { Running, Waiting, rejected })
            Assert.True((await service.StepAsync(owner, id, CampaignAction.Submit))!.Value.Happened);
        Assert.True((await service.StepAsync(admin, Running, CampaignAction.Approve))!.Value.Happened);
        Assert.True(
            (await service.StepAsync(admin, rejected, CampaignAction.Reject, "The claim on page 2 has no source."))!.Value.Happened);
        Assert.True(await service.DeleteAsync(owner, deleted, today));
        Assert.True(
            await Services.GetRequiredService<CampaignComments>().WriteAsync(owner, Waiting, "The claim is from our annual report."));
        await using var db = NewContext();
        await db.Campaigns.Where(c => c.Id == Running).ExecuteUpdateAsync(s => s.SetProperty(c => c.StartsOn, day));
        await ExposuresAsync(creative, noon);
        var draft = CampaignDraft.Of((await service.FindAsync(owner, Running))!);
        (draft.EndsOn, draft.BudgetKrw) = (today.AddDays(27), 2_500_000);
        Assert.Null((await Services.GetRequiredService<ChangeRequests>()
            .AskAsync(owner, Running, draft, null, "The sale goes on for two more weeks.", null, today)).Refusal);
        var (_, token) = (await Services.GetRequiredService<ReportLinks>().MakeAsync(owner, new MetricsQuery(Running), 30))!.Value;
        SharedReport = $"r/{token}";
        Experiment = await ExperimentRides.AddAsync(this, First);
        var content = await db.Creatives.Where(c => c.Id == creative).Select(c => c.Sha256).SingleAsync();
        await db.Creatives.Where(c => c.CampaignId == Experiment).ExecuteUpdateAsync(s => s.SetProperty(c => c.Sha256, content));
    }
}
