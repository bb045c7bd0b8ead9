using System.Net;
using System.Text;
using FaceAd.Tests.Components;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Metrics;
using FaceAd.Web.Reports;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace FaceAd.Tests.Reports;

/// <summary>Reports of a campaign that six people saw at screen A, and two of them once more at screen B.</summary>
public sealed class ReportTests(FiguresFixture app) : IClassFixture<FiguresFixture>
{
    private const string Password = "a good long password";

    private ReportReader Reports => app.Services.GetRequiredService<ReportReader>();

    private ReportLinks Links => app.Services.GetRequiredService<ReportLinks>();

    [Fact]
    public async Task Read_AllTables_SayWhatThePageSays()
    {
        var metrics = await app.Services.GetRequiredService<MetricsReader>().ReadAsync(app.Campaign.Id);
        var report = await Reports.ReadAsync(new MetricsQuery(app.Campaign.Id), exact: true);
        Assert.Equal(ReportTables.All, report.Tables.Select(t => t.Key));
        double? Figure(string key) => report.Find(ReportTables.Figures)!.Rows.Single(r => r[0].Text == key)[1].Number;
        Assert.Equal((8, 6, 1.0), (metrics.Impressions, metrics.Reached, metrics.Reach));
        Assert.Equal((8.0, 6.0, 1.0, metrics.Frequency), (Figure("impressions"), Figure("reached"), Figure("reach"), Figure("frequency")));
        Assert.Equal(8, report.Find(ReportTables.Hours)!.Rows.Sum(r => r.Skip(1).Sum(v => v.Number)));
        Assert.Equal([4.0, 2.0], report.Find(ReportTables.Frequency)!.Rows.Take(2).Select(r => r[1].Number!.Value));
        Assert.Equal([6.0, 2.0], report.Find(ReportTables.Screens)!.Rows.Select(r => r[3].Number!.Value).OrderDescending());
        foreach (var table in report.Tables) Assert.All(table.Rows, row => Assert.Equal(table.Columns.Count, row.Count));
    }

    [Fact]
    public async Task Read_BuildingThatIsNotTheCampaigns_IsLeftOut()
    {
        await using var db = app.NewContext();
        var (other, _, _, _) = await Sample.AddSiteAsync(db);
        await db.Campaigns.Where(c => c.Id == app.Campaign.Id)
            .ExecuteUpdateAsync(s => s.SetProperty(c => c.SiteIds, new[] { app.B.SiteId }));
        try
        {
            var report = await Reports.ReadAsync(
                new MetricsQuery(app.Campaign.Id) { SiteId = other.Id, CreativeId = Guid.NewGuid() }, exact: true);
            Assert.Equal(new MetricsQuery(app.Campaign.Id), report.Query);
            Assert.Equal(
                app.B.SiteId,
                (await Reports.ReadAsync(new MetricsQuery(app.Campaign.Id) { SiteId = app.B.SiteId }, exact: true)).Query.SiteId);
        }
        finally
        {
            await db.Campaigns.Where(c => c.Id == app.Campaign.Id)
                .ExecuteUpdateAsync(s => s.SetProperty(c => c.SiteIds, Array.Empty<Guid>()));
        }
    }

    [Fact]
    public async Task File_OfOneScreen_AdvertiserReadsFewAndAdministratorReadsTheNumber()
    {
        using var advertiser = await Visitor.SignedInAsync(app, FiguresFixture.Advertiser, Password);
        using var admin = await Visitor.SignedInAsync(app, FiguresFixture.Admin, Password);
        var path = $"campaigns/{app.Campaign.Id}/report/figures.csv?screen={app.B.Id}";
        var bytes = await advertiser.Http.GetByteArrayAsync(path);
        Assert.Equal([0xEF, 0xBB, 0xBF], bytes[..3]);
        Assert.Contains("\r\nreached,<5,", Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
        Assert.Contains(
            "\r\nreached,5 to 9,", await advertiser.Http.GetStringAsync($"campaigns/{app.Campaign.Id}/report/figures.csv"),
            StringComparison.Ordinal);
        Assert.Contains("\r\nreached,2,", await admin.Http.GetStringAsync(path), StringComparison.Ordinal);
        foreach (var table in ReportTables.All)
        {
            using var answer = await advertiser.Http.GetAsync($"campaigns/{app.Campaign.Id}/report/{table}.csv");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal("text/csv", answer.Content.Headers.ContentType?.MediaType);
            Assert.True(answer.Headers.CacheControl?.NoStore);
        }
    }

    [Theory]
    [InlineData("from=2020-01-01&to=2020-01-02")]
    [InlineData("from=2026-99-99")]
    public async Task File_OfDaysThatTheCampaignHasNot_IsRefusedAndTheReportSaysSo(string days)
    {
        using var advertiser = await Visitor.SignedInAsync(app, FiguresFixture.Advertiser, Password);
        using var answer = await advertiser.Http.GetAsync($"campaigns/{app.Campaign.Id}/report/figures.csv?{days}");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var page = await advertiser.Http.GetStringAsync($"campaigns/{app.Campaign.Id}/report?{days}");
        Assert.Contains("data-range-note", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nothing.csv")]
    [InlineData("..%2f..%2fappsettings.csv")]
    public async Task File_OfNoTable_IsNotFound(string name)
    {
        using var advertiser = await Visitor.SignedInAsync(app, FiguresFixture.Advertiser, Password);
        using var answer = await advertiser.Http.GetAsync($"campaigns/{app.Campaign.Id}/report/{name}");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Report_OfAnotherAdvertiser_DoesNotExist()
    {
        await using var scope = app.Services.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<AccountSetup>();
        var stranger = await accounts.CreateOrganisationAsync("Stranger", OrganisationKind.Advertiser);
        await accounts.CreateUserAsync(stranger, "stranger@facead.example", Password, "Stranger", Roles.Advertiser);
        using var visitor = await Visitor.SignedInAsync(app, "stranger@facead.example", Password);
        foreach (var path in new[] { "report", "report/figures.csv" })
        {
            using var answer = await visitor.Http.GetAsync($"campaigns/{app.Campaign.Id}/{path}");
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
        var viewer = new Viewer(stranger.Id, false);
        Assert.Null(await Links.MakeAsync(viewer, new MetricsQuery(app.Campaign.Id), 7));
        Assert.Empty(await Links.ListAsync(viewer, app.Campaign.Id));
        var (link, _) = (await Links.MakeAsync(Owner, new MetricsQuery(app.Campaign.Id), 7)).GetValueOrDefault();
        Assert.False(await Links.RevokeAsync(viewer, link.Id));
    }

    [Fact]
    public async Task Link_MadeByAnAdministrator_ShowsWhatAnAdvertiserSeesUntilItEnds()
    {
        var admin = Owner with { IsMediaOwner = true };
        var (link, token) = (await Links.MakeAsync(admin, new MetricsQuery(app.Campaign.Id) { ScreenId = app.B.Id }, 7))
            .GetValueOrDefault();
        using var anybody = app.NewClient();
        var page = await anybody.GetStringAsync($"r/{token}");
        Assert.Contains("fewer than 5", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("noindex", page, StringComparison.Ordinal);
        await using (var db = app.NewContext())
        {
            var stored = await db.ReportLinks.AsNoTracking().SingleAsync(l => l.Id == link.Id);
            Assert.Equal(1, stored.Opened);
            Assert.DoesNotContain(token, Convert.ToBase64String(stored.TokenHash), StringComparison.Ordinal);
        }

        Assert.True(await Links.RevokeAsync(admin, link.Id));
        Assert.False(await Links.RevokeAsync(admin, link.Id));
        await ExpectGoneAsync(anybody, token);

        (link, token) = (await Links.MakeAsync(admin, new MetricsQuery(app.Campaign.Id), 7)).GetValueOrDefault();
        await using (var db = app.NewContext())
            await db.ReportLinks.Where(l => l.Id == link.Id)
                .ExecuteUpdateAsync(s => s.SetProperty(l => l.ExpiresAt, DateTimeOffset.UnixEpoch));
        await ExpectGoneAsync(anybody, token);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("%00")]
    [InlineData("' OR 1=1 --")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public async Task Link_Nonsense_IsNotFound(string token)
    {
        using var anybody = app.NewClient();
        using var answer = await anybody.GetAsync($"r/{Uri.EscapeDataString(token)}");
        Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.NotFound, HttpStatusCode.BadRequest });
    }

    [Fact]
    public void Write_NamesThatAreFormulas_AreText()
    {
        var table = new ReportTable("t", [new("name", ReportUnit.Text), new("n", ReportUnit.Count)],
            [[ReportValue.Of("=HYPERLINK(\"http://x\")"), ReportValue.Of(1.5)],
                [ReportValue.Of("a, \"b\"\r\nc"), ReportValue.Of((double?)null)]]);
        var text = Encoding.UTF8.GetString(ReportFile.Write(table));
        Assert.DoesNotContain("\r\n=", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\r\n\"=", text, StringComparison.Ordinal);
        Assert.Contains("\"a, \"\"b\"\"\r\nc\",", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Share_FromTheCampaignsPage_LinkOpensWithoutAnAccount()
    {
        await using var visitor = await TestBrowser.NewContextAsync(app.Address);
        var page = await AdvertiserFixture.SignInAsync(visitor, FiguresFixture.Advertiser, $"/campaigns/{app.Campaign.Id}");
        await page.ClickAsync("[data-do=open-share]");
        await page.GetByRole(AriaRole.Combobox, new() { Name = "Valid for" }).ClickAsync();
        await page.GetByRole(AriaRole.Option, new() { Name = "7 days" }).ClickAsync();
        await page.ClickAsync("[data-do=share]");
        var address = await page.Locator("[data-share-address]").InnerTextAsync();

        await using var stranger = await TestBrowser.NewContextAsync(app.Address, locale: "ko-KR");
        var shared = await stranger.NewPageAsync();
        await shared.GotoAsync(address);
        await Assertions.Expect(shared.Locator("[data-figure=impressions]")).ToHaveTextAsync("8");
        await Assertions.Expect(shared.Locator("[data-figure=reached]")).ToHaveTextAsync("5–9");
        await Assertions.Expect(shared.Locator("#t-segments")).ToHaveTextAsync("세그먼트");
        Assert.Equal(0, await shared.Locator("a[href*='.csv']").CountAsync());
    }

    private Viewer Owner => new(app.Campaign.OrganisationId, false) { Name = FiguresFixture.Advertiser };

    private static async Task ExpectGoneAsync(HttpClient client, string token)
    {
        using var answer = await client.GetAsync($"r/{token}");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }
}
