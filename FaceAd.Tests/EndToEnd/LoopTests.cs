using System.Globalization;
using FaceAd.Core;
using FaceAd.Demo;
using FaceAd.Demo.Footage;
using FaceAd.Player;
using FaceAd.Tests.Player;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Creatives;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit.Abstractions;

namespace FaceAd.Tests.EndToEnd;

/// <summary>
/// The whole loop on real input: footage of two groups of riders, the real models, the real server and database, a real
/// player with its page in a real Chromium, and a campaign page that moves by itself in another.
/// </summary>
[Collection(nameof(Alone))]
public sealed class LoopTests(LoopFixture app, ITestOutputHelper output) : IClassFixture<LoopFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task Loop_TwoGroupsOfRiders_EachSeesItsAdAndTheCampaignPageCountsThem()
    {
        // The advertiser's page is open before anything happens, and is never reloaded.
        await using var visitor = await TestBrowser.NewContextAsync(app.Address);
        var dashboard = await LoopFixture.OpenCampaignAsync(visitor, app.Women.Id);
        var before = await FiguresAsync(dashboard);
        Assert.Equal("–", before.Frequency);

        await using var player = await app.StartPlayerAsync();
        using var playwright = await Playwright.CreateAsync();
        await using var screen = await playwright.Chromium.ConnectOverCDPAsync($"http://127.0.0.1:{await app.DevToolsPortAsync()}");
        var page = screen.Contexts[0].Pages[0];

        // Nobody is in view: the house loop. Then women of 20 to 39, nobody, men of 40 to 59.
        await SeeAsync(page, LoopFixture.House);
        await SeeAsync(page, LoopFixture.WomenColour);
        await SeeAsync(page, LoopFixture.House);
        await SeeAsync(page, LoopFixture.MenColour);
        await SeeAsync(page, LoopFixture.House);

        // Both plays are proved, and both groups are one audience each.
        await UntilAsync(async () => await app.CountPlaysAsync(app.Women.Id) >= 1 && await app.CountPlaysAsync(app.Men.Id) >= 1, "both plays are committed");
        await player.StopAsync();
        await using var db = app.NewContext();
        var audiences = await db.Audiences.AsNoTracking().OrderBy(a => a.OpenedAt).ToListAsync();
        Assert.Equal(2, audiences.Count);
        Assert.All(audiences, a => Assert.Equal(AudienceState.Closed, a.State));
        Assert.All(await db.Plays.AsNoTracking().ToListAsync(), p => Assert.True(p.Measured, $"Play {p.Id} is unmeasured."));

        // The page has moved to what an independent count of the raw rows gives.
        await UntilAsync(async () => await db.Plays.AllAsync(p => !p.ExposuresDue) && await db.Presences.AllAsync(p => !p.ExposuresDue), "exposures are up to date");
        var expected = await CountAsync(app.Women, audiences);
        Assert.True(expected.Reached >= 2, $"{expected.Reached} women were reached.");
        await UntilAsync(async () => await FiguresAsync(dashboard) is var now && now.Reached == expected.Reached
            && now.Frequency == expected.Frequency.ToString("0.0", CultureInfo.InvariantCulture)
            && now.Reach == (100 * expected.Reach).ToString("0.0", CultureInfo.InvariantCulture) + "%", "the page shows the independent count", async () => $"{await FiguresAsync(dashboard)} against {expected}");
        var after = await FiguresAsync(dashboard);
        Assert.InRange(after.Cpm, expected.Cpm * 0.99, expected.Cpm * 1.01); // the cost of a flat price goes on growing
        await ReportLatencyAsync(db);
    }

    private static async Task<Figures> FiguresAsync(IPage page) => new(
        await page.Locator("[data-metric=reach]").InnerTextAsync(),
        int.TryParse(await page.Locator("[data-metric=reached]").InnerTextAsync(), out var reached) ? reached : 0,
        await page.Locator("[data-metric=frequency]").InnerTextAsync(),
        double.TryParse((await page.Locator("[data-metric=cpm]").InnerTextAsync()).Trim('₩', ' '), NumberStyles.Number, CultureInfo.InvariantCulture, out var cpm) ? cpm : 0);

    // Counted here from plays and stays alone, without exposures or any formula of the product.
    private async Task<Expected> CountAsync(Campaign campaign, List<Web.Audiences.Audience> audiences)
    {
        await using var db = app.NewContext();
        var persons = await db.Persons.AsNoTracking().Where(p => p.Segment == Segment.Women2030).Select(p => p.Id).ToListAsync();
        var stays = await db.Presences.AsNoTracking().ToListAsync();
        var plays = await db.Plays.AsNoTracking().Where(p => p.CampaignId == campaign.Id).ToListAsync();
        var seen = (from play in plays
                    from stay in stays
                    where (new[] { play.EndedAt, stay.To }.Min() - new[] { play.StartedAt, stay.From }.Max()).TotalSeconds >= 1
                    select stay.PersonId).ToList();
        var exposures = seen.Where(p => p is { } id && persons.Contains(id)).ToList();
        var reached = exposures.Distinct().Count();
        var universe = stays.Where(s => s.PersonId is { } id && persons.Contains(id)).Select(s => s.PersonId).Distinct().Count();
        var start = Sample.Calendar.StartOf(campaign.StartsOn);
        var days = (campaign.EndsOn.DayNumber - campaign.StartsOn.DayNumber + 1) * 86_400.0;
        var cost = campaign.BudgetKrw * ((TimeProvider.System.GetUtcNow() - start).TotalSeconds / days);
        output.WriteLine($"{audiences.Count} audiences, {stays.Count} stays, {plays.Count} plays of the women's ad, {seen.Count} impressions");
        return new Expected((double)reached / universe, reached, (double)exposures.Count / reached, cost / seen.Count * 1000);
    }

    // From the first analysed frame that shows a face to the first frame of the targeted ad on the page.
    private async Task ReportLatencyAsync(Web.Data.FaceAdDbContext db)
    {
        var decisions = await db.Decisions.AsNoTracking().Where(d => d.CampaignId != null && d.AudienceId != null).OrderBy(d => d.At).ToListAsync();
        foreach (var first in decisions.GroupBy(d => d.AudienceId).Select(g => g.First()))
        {
            var audience = await db.Audiences.AsNoTracking().SingleAsync(a => a.Id == first.AudienceId);
            var play = await db.Plays.AsNoTracking().SingleOrDefaultAsync(p => p.DecisionId == first.Id);
            if (play is null) continue;
            output.WriteLine($"face captured to decision {(first.At - audience.OpenedAt).TotalMilliseconds:0} ms, to the ad's first frame {(play.StartedAt - audience.OpenedAt).TotalMilliseconds:0} ms");
        }
    }

    private static Task SeeAsync(IPage page, (int R, int G, int B) colour) => UntilAsync(
        async () => Near(TestClips.Centre(await page.ScreenshotAsync(new() { Type = ScreenshotType.Jpeg, Quality = 90 })), colour), $"the page shows {colour}");

    private static bool Near((int R, int G, int B) a, (int R, int G, int B) b) =>
        Math.Abs(a.R - b.R) < 40 && Math.Abs(a.G - b.G) < 40 && Math.Abs(a.B - b.B) < 40;

    private static Task UntilAsync(Func<Task<bool>> condition, string what, Func<Task<string>>? state = null) => Wait.UntilAsync(condition, what, Patience, state);

    private sealed record Figures(string Reach, int Reached, string Frequency, double Cpm);

    private sealed record Expected(double Reach, int Reached, double Frequency, double Cpm);
}

/// <summary>The app with a site, a screen, and two campaigns of plain colours; footage of their two target groups.</summary>
public sealed class LoopFixture : AppFixture
{
    public static readonly (int R, int G, int B) House = (20, 20, 220), WomenColour = (220, 20, 20), MenColour = (20, 200, 20);

    private const string Footage = """
        {
          "screen": "test", "seconds": 44, "framesPerSecond": 5, "seed": 7,
          "cast": [
            { "person": "A", "segment": "Women2030", "portrait": 63 }, { "person": "B", "segment": "Women2030", "portrait": 138 },
            { "person": "C", "segment": "Men4050", "portrait": 240 }, { "person": "D", "segment": "Men4050", "portrait": 113 }
          ],
          "rides": [
            { "person": "A", "enters": 6.0, "leaves": 15.0, "place": 1, "size": 156 },
            { "person": "B", "enters": 6.6, "leaves": 14.4, "place": 2, "size": 146 },
            { "person": "C", "enters": 26.0, "leaves": 35.0, "place": 1, "size": 158 },
            { "person": "D", "enters": 26.6, "leaves": 34.4, "place": 2, "size": 146 }
          ]
        }
        """;

    private const string Password = "a good long password";
    private string _token = "";
    private string _playerFolder = "";

    public Campaign Women { get; private set; } = null!;

    public Campaign Men { get; private set; } = null!;

    protected override async Task ReadyAsync()
    {
        _playerFolder = TestFolders.New("player");
        var script = CabinScript.FromJson(Footage);
        var portraits = MediaCommand.PortraitFolder(Support.Models.NodeModules);
        await CabinFootage.Load(script, portraits).WriteVideoAsync(Path.Combine(_playerFolder, "footage.mp4"), default);

        await using var scope = Services.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<AccountSetup>();
        var owner = await accounts.CreateOrganisationAsync("Owner", OrganisationKind.MediaOwner);
        await accounts.CreateUserAsync(owner, "admin@facead.example", Password, "Admin", Roles.Admin);
        var advertiser = await accounts.CreateOrganisationAsync("Advertiser", OrganisationKind.Advertiser);
        await using var db = NewContext();
        var site = new Site { Name = "Tower", CreatedAt = TimeProvider.System.GetUtcNow(), Measurement = true, ConsentAt = TimeProvider.System.GetUtcNow() };
        db.Add(site);
        await db.SaveChangesAsync();
        (_, _token) = await Services.GetRequiredService<ScreenRegistry>().RegisterAsync(site.Id, "A", InferenceMode.Server);
        await ImportAsync(owner, null, "house", House, 6);
        Women = await AddCampaignAsync(advertiser, "Women", Segment.Women2030, WomenColour);
        Men = await AddCampaignAsync(advertiser, "Men", Segment.Men4050, MenColour);
    }

    /// <summary>Signs in as an administrator, who sees exact figures, and opens a campaign's page.</summary>
    public static async Task<IPage> OpenCampaignAsync(IBrowserContext visitor, Guid campaign)
    {
        var page = await visitor.NewPageAsync();
        await page.GotoAsync($"account/login?returnUrl=/campaigns/{campaign}");
        await page.FillAsync("[name=email]", "admin@facead.example");
        await page.FillAsync("[name=password]", Password);
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("[data-metric=reach]").WaitForAsync();
        return page;
    }

    public async Task<WebApplication> StartPlayerAsync()
    {
        var player = PlayerHost.Build(PlayerSettings.Read(
            ["--server", Address.ToString(), "--data", _playerFolder, "--port", "0", "--browser", "headless", "--browser-arguments", "--remote-debugging-port=0",
                "--camera", "file:" + Path.Combine(_playerFolder, "footage.mp4"), "--camera-fps", "5"],
            new Dictionary<string, string?> { ["FACEAD_TOKEN"] = _token }));
        await player.StartAsync();
        return player;
    }

    public async Task<string> DevToolsPortAsync()
    {
        var file = Path.Combine(_playerFolder, "chromium", "DevToolsActivePort");
        await Wait.UntilAsync(() => File.Exists(file) && File.ReadAllLines(file).Length >= 2, "the browser names its port");
        return (await File.ReadAllLinesAsync(file))[0];
    }

    public async Task<int> CountPlaysAsync(Guid campaign)
    {
        await using var db = NewContext();
        return await db.Plays.CountAsync(p => p.CampaignId == campaign);
    }

    private async Task<Campaign> AddCampaignAsync(Organisation advertiser, string name, Segment segment, (int, int, int) colour)
    {
        var today = Sample.Calendar.DayOf(TimeProvider.System.GetUtcNow());
        var campaign = new Campaign
        {
            OrganisationId = advertiser.Id,
            Name = name,
            State = CampaignState.Approved,
            StartsOn = today.AddDays(-1),
            EndsOn = today.AddDays(8),
            Targets = [segment],
            BudgetKrw = 1_000_000,
            CreatedAt = TimeProvider.System.GetUtcNow(),
        };
        await using var db = NewContext();
        db.Add(campaign);
        await db.SaveChangesAsync();
        await ImportAsync(advertiser, campaign.Id, name, colour, 5);
        return campaign;
    }

    private async Task ImportAsync(Organisation owner, Guid? campaign, string name, (int R, int G, int B) colour, int seconds)
    {
        var path = Path.Combine(_playerFolder, name + ".mp4");
        await TestClips.MakeAsync(path, $"color=c=0x{colour.R:X2}{colour.G:X2}{colour.B:X2}:s=640x360:r=15:d={seconds}");
        var outcome = await Services.GetRequiredService<CreativeIntake>().ImportAsync(path, owner.Id, campaign, name);
        Assert.Null(outcome.Refusal);
    }
}
