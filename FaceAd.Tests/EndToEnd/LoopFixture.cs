using FaceAd.Core;
using FaceAd.Tests.Player.Playback;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace FaceAd.Tests.EndToEnd;

/// <summary>The app with a site, a screen, and two campaigns of plain colours; footage of their two target groups.</summary>
public sealed class LoopFixture : AppFixture
{
    public static readonly (int R, int G, int B) House = (20, 20, 220), WomenColour = (220, 20, 20), MenColour = (20, 200, 20);

    private const string Cast = """
        { "person": "A", "segment": "Women2030", "portrait": 63 }, { "person": "B", "segment": "Women2030", "portrait": 138 },
        { "person": "C", "segment": "Men4050", "portrait": 240 }, { "person": "D", "segment": "Men4050", "portrait": 113 }
        """;

    private const string WomensRide = """
        { "person": "A", "enters": 1.0, "leaves": 7.0, "place": 1, "size": 156 },
        { "person": "B", "enters": 1.6, "leaves": 6.4, "place": 2, "size": 146 }
        """;

    private const string MensRide = """
        { "person": "C", "enters": 1.0, "leaves": 7.0, "place": 1, "size": 158 },
        { "person": "D", "enters": 1.6, "leaves": 6.4, "place": 2, "size": 146 }
        """;

    // The first source system's rule, held against a naive one on what the cameras really saw.
    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, string> Settings =>
        new Dictionary<string, string> { ["Decisions:Rule"] = "CostPerImpression" };

    private const string Password = "a good long password";
    private string _token = "";
    private CabinOnCue _cabin = null!;
    private readonly TestPlayer _player = new();

    public Campaign Women { get; private set; } = null!;

    public Campaign Men { get; private set; } = null!;

    protected override async Task ReadyAsync()
    {
        _cabin = await CabinOnCue.DrawAsync(Cast, ("women", 7.2, WomensRide), ("men", 7.2, MensRide));

        await using var scope = Services.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<AccountSetup>();
        var campaigns = await PlainCampaigns.StartAsync(this, Code(House), 6);
        await accounts.CreateUserAsync(campaigns.Owner, "admin@facead.example", Password, "Admin", Roles.Admin);
        await using var db = NewContext();
        var site = new Site
        {
            Name = "Tower",
            CreatedAt = TimeProvider.System.GetUtcNow(),
            Measurement = true,
            ConsentAt = TimeProvider.System.GetUtcNow(),
        };
        db.Add(site);
        await db.SaveChangesAsync();
        (_, _token) = await Services.GetRequiredService<ScreenRegistry>().RegisterAsync(site.Id, "A", InferenceMode.Server);
        Women = await campaigns.AddAsync("Women", Segment.Women2030, Code(WomenColour), 4);
        Men = await campaigns.AddAsync("Men", Segment.Men4050, Code(MenColour), 4);
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

    /// <summary>Two women of 20 to 39 enter the empty cabin, and leave it.</summary>
    public void WomenEnter() => _cabin.Enter("women");

    /// <summary>Two men of 40 to 59 do.</summary>
    public void MenEnter() => _cabin.Enter("men");

    public Task<WebApplication> StartPlayerAsync() => _player.StartAsync(Address, _token, "--camera", _cabin.Source);

    internal Task<PlayerPage> OpenPageAsync() => _player.OpenPageAsync();

    public async Task<int> CountPlaysAsync(Guid campaign)
    {
        await using var db = NewContext();
        return await db.Plays.CountAsync(p => p.CampaignId == campaign);
    }

    private static string Code((int R, int G, int B) colour) => $"{colour.R:X2}{colour.G:X2}{colour.B:X2}";
}
