using Bunit;
using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Requests;
using FaceAd.Web.Components.Pages.Homes;
using FaceAd.Web.Data;
using FaceAd.Web.Exposures;

namespace FaceAd.Tests.Components.Homes;

/// <summary>An advertiser's home: nothing, something, much, and nobody else's.</summary>
public sealed class AdvertiserHomeTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = Sample.Calendar.StartOf(new(2026, 3, 14)); // half of the sample campaign's flight
    private TestDatabase _database = null!;
    private FaceAdDbContext _db = null!;
    private Organisation _own = null!, _other = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _db = _database.Contexts.CreateDbContext();
        (_, _own, _, _) = await Sample.AddSiteAsync(_db);
        (_, _other, _, _) = await Sample.AddSiteAsync(_db);
    }

    public async Task DisposeAsync()
    {
        await _db.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Home_OfANewAdvertiser_SaysWhatWillBeHere()
    {
        await AddAsync(_other, "Rival's secret");
        await using var context = new HomesContext(Now, _database.Contexts);
        var page = await RenderAsync(context);
        Assert.Equal("Nothing to show yet", page.Find("[data-home=empty] h2").TextContent);
        Assert.DoesNotContain("Rival", page.Markup, StringComparison.Ordinal);
        var analyst = await RenderAsync(context, readOnly: true);
        Assert.Empty(analyst.FindAll("a[href='campaigns/new']"));
    }

    [Fact]
    public async Task Home_OfOneCampaign_HasItsMoneyItsPaceAndItsDays()
    {
        var flat = await AddAsync(_own, "Flat");
        await AddAsync(_other, "Rival's secret", budget: 77_000_000);
        await using var context = new HomesContext(Now, _database.Contexts);
        var page = await RenderAsync(context);
        Assert.Equal("₩1,000,000", page.Find("[data-spend=committed]").TextContent);
        Assert.Equal("₩500,000", page.Find("[data-spend=accrued]").TextContent);
        Assert.Equal("₩1,000,000", page.Find("[data-spend=projected]").TextContent);
        var row = page.Find($".pace-list [data-campaign='{flat.Id}']");
        Assert.Equal(("Flat", $"campaigns/{flat.Id}"), (row.QuerySelector("a")!.TextContent, row.QuerySelector("a")!.GetAttribute("href")));
        Assert.Equal("Running", row.QuerySelector("b")!.TextContent);
        Assert.Equal("0 impressions, ₩500,000 accrued", page.Find("[data-trend=sums]").TextContent);
        page.Find("[data-home=trend] .chart-table").TriggerEvent("ontoggle", EventArgs.Empty);
        await page.WaitForStateAsync(() => page.FindAll("[data-home=trend] tbody tr").Count == 28);
        Assert.Equal("Nothing needs your attention.", page.Find("[data-home=attention] [data-well]").TextContent);
        Assert.DoesNotContain("Rival", page.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("77,000,000", page.Markup, StringComparison.Ordinal);

        page.Render(p => p.Add(x => x.Days, "7"));
        await page.WaitForStateAsync(() => page.FindAll("[data-home=trend] tbody tr").Count == 7);
        Assert.Equal("0 impressions, ₩500,000 accrued", page.Find("[data-trend=sums]").TextContent); // five days of flight
    }

    [Fact]
    public async Task Home_WithMuchToSeeTo_SaysEachWithItsAction()
    {
        var rejected = await AddAsync(_own, "Rejected one", CampaignState.Rejected);
        (rejected.RejectionReason, rejected.ReviewedAt) = ("No source.", Now.AddDays(-1));
        var draft = await AddAsync(_own, "Draft one", CampaignState.Draft);
        var behind = await AddAsync(_own, "Slow one", budget: 1_000_000, price: 1_000);
        _db.Add(new CampaignTotal { CampaignId = behind.Id, Impressions = 400_000, TargetImpressions = 300_000 });
        _db.Add(new CampaignDay { CampaignId = behind.Id, Day = new(2026, 3, 13), Impressions = 400_000, OnTarget = 300_000 });
        var ended = await AddAsync(_own, "Ended one");
        ended.Plan = FlightPlan.Of([new(new(2026, 3, 1), new(2026, 3, 9))]);
        var changed = await AddAsync(_own, "Changed one");
        var rival = await AddAsync(_other, "Rival's secret", CampaignState.Rejected);
        _db.AddRange(Request(changed, ChangeRequestState.Declined, "Too late."), Request(rival, ChangeRequestState.Accepted, null));
        _db.Add(new Creative
        {
            OrganisationId = _own.Id,
            CampaignId = changed.Id,
            Name = "Loud spot",
            Sha256 = new string('e', 64),
            Bytes = 1,
            Seconds = 10,
            Width = 640,
            Height = 360,
            CreatedAt = Now,
            Version = 2,
            State = CreativeState.Refused,
            ReviewedAt = Now.AddDays(-2),
        });
        await _db.SaveChangesAsync();
        await using var context = new HomesContext(Now, _database.Contexts);
        var page = await RenderAsync(context);

        string[] Item(string kind) =>
        [
            page.Find($"[data-attention={kind}] > div").TextContent,
            page.Find($"[data-attention={kind}] a").GetAttribute("href")!,
        ];
        Assert.Equal(["“Rejected one” was rejected. Reason: No source.", $"campaigns/{rejected.Id}/edit"], Item("Rejected"));
        Assert.Equal(["The draft “Draft one” has not been submitted for approval.", $"campaigns/{draft.Id}/edit"], Item("NotSubmitted"));
        Assert.Equal(
            ["“Slow one” is behind plan: 300,000 of 500,000 target impressions planned to date.", $"campaigns/{behind.Id}"], Item("Behind"));
        Assert.Equal(
            ["“Ended one” ended on 9 Mar 2026. Its report has not been shared or mailed yet.", $"campaigns/{ended.Id}/report"],
            Item("NoReport"));
        Assert.Equal(
            ["Your change request for “Changed one” was declined. Reason: Too late.", $"campaigns/{changed.Id}"], Item("Declined"));
        Assert.Equal($"campaigns/{changed.Id}", Item("CreativeRejected")[1]);
        Assert.Contains("Loud spot", Item("CreativeRejected")[0], StringComparison.Ordinal);
        Assert.Equal(6, page.FindAll("[data-attention]").Count);
        Assert.Equal("Slow one", page.FindAll(".pace-list a")[0].TextContent); // first who is behind
        Assert.StartsWith("400,000 impressions, ", page.Find("[data-trend=sums]").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("Rival", page.Markup, StringComparison.Ordinal);

        var analyst = await RenderAsync(context, readOnly: true);
        Assert.Equal($"campaigns/{rejected.Id}", analyst.Find("[data-attention=Rejected] a").GetAttribute("href"));
        Assert.Empty(analyst.FindAll("[data-attention=NotSubmitted]"));
    }

    private async Task<IRenderedComponent<AdvertiserHome>> RenderAsync(HomesContext context, bool readOnly = false)
    {
        var page = context.Render<AdvertiserHome>(p => p.Add(x => x.Viewer, new Viewer(_own.Id, false) { ReadOnly = readOnly }));
        await page.WaitForStateAsync(() => page.FindAll("[data-home]").Count > 0, Wait.Limit);
        return page;
    }

    private async Task<Campaign> AddAsync(
        Organisation advertiser, string name, CampaignState state = CampaignState.Approved, long budget = 1_000_000, long? price = null)
    {
        var (campaign, _) = await Sample.AddCampaignAsync(
            _db, advertiser, [Segment.Silver], budget, price is null ? PriceModel.Flat : PriceModel.PerThousand, price);
        (campaign.Name, campaign.State) = (name, state);
        await _db.SaveChangesAsync();
        return campaign;
    }

    private static ChangeRequest Request(Campaign campaign, ChangeRequestState state, string? reason) => new()
    {
        CampaignId = campaign.Id,
        Author = "One",
        Before = RequestedTerms.Of(campaign),
        Asked = RequestedTerms.Of(campaign),
        State = state,
        CreatedAt = Now.AddDays(-3),
        ChangedAt = Now.AddDays(-1),
        Reason = reason,
    };
}
