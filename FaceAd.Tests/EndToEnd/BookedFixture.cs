using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Core.Decisions.Gates;
using FaceAd.Player;
using FaceAd.Tests.Player;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Creatives;
using FaceAd.Web.Decisions;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.EndToEnd;

/// <summary>The app with a screen and campaigns that are booked with a cap, a category, and not before children.</summary>
public sealed class BookedFixture : AppFixture
{
    private const int Seconds = 3;
    private readonly string _folder = TestFolders.New("booked");
    private readonly Dictionary<string, string> _names = [];
    private string _token = "";

    /// <summary>The screen.</summary>
    public Guid ScreenId { get; private set; }

    /// <summary>Women of 20 to 39: once a day and person, hard.</summary>
    public Campaign Capped { get; private set; } = null!;

    /// <summary>Men of 20 to 39: one of two that stand five minutes apart.</summary>
    public Campaign Rival { get; private set; } = null!;

    /// <summary>The other.</summary>
    public Campaign OtherRival { get; private set; } = null!;

    /// <summary>Men of 40 to 59: not before children.</summary>
    public Campaign ForAdults { get; private set; } = null!;

    /// <summary>Calls the server as the screen does.</summary>
    internal Support.Screens.DeviceClient NewDevice() => new(this, _token);

    /// <summary>The name of the campaign whose film it is, or house.</summary>
    /// <param name="address">The address of a film on the page.</param>
    public string NameOf(string address) => _names[Path.GetFileNameWithoutExtension(new Uri(address).AbsolutePath)];

    /// <summary>Starts the player with a Chromium of its own.</summary>
    public async Task<WebApplication> StartPlayerAsync()
    {
        var player = PlayerHost.Build(PlayerSettings.Read(
            ["--server", Address.ToString(), "--data", _folder, "--port", "0", "--browser", "headless", "--browser-arguments",
                "--remote-debugging-port=0"],
            new Dictionary<string, string?> { ["FACEAD_TOKEN"] = _token }));
        await player.StartAsync();
        return player;
    }

    /// <summary>Where the player's Chromium can be watched.</summary>
    public async Task<string> DevToolsPortAsync()
    {
        var file = Path.Combine(_folder, "chromium", "DevToolsActivePort");
        await Wait.UntilAsync(() => File.Exists(file) && File.ReadAllLines(file).Length >= 2, "the browser names its port");
        return (await File.ReadAllLinesAsync(file))[0];
    }

    /// <inheritdoc/>
    protected override async Task ReadyAsync()
    {
        await using var scope = Services.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<AccountSetup>();
        var owner = await accounts.CreateOrganisationAsync("Owner", OrganisationKind.MediaOwner);
        var advertiser = await accounts.CreateOrganisationAsync("Advertiser", OrganisationKind.Advertiser);
        var registry = Services.GetRequiredService<ScreenRegistry>();
        var site = await registry.RegisterSiteAsync("Tower", "", "Asia/Seoul", Site.DefaultNotice, Sample.Consent);
        (var screen, _token) = await registry.RegisterAsync(site.Id, "A", InferenceMode.Device);
        ScreenId = screen.Id;
        await ImportAsync(owner, null, "house", "1414DC");
        var apart = new Separation((int)CompetitiveCategory.Food, 2, TimeSpan.FromMinutes(5));
        Capped = await AddAsync("capped", Segment.Women2030, "DC1414", new() { Caps = [new FrequencyCap(1, CapUnit.Day, Hard: true)] });
        Rival = await AddAsync("rival", Segment.Men2030, "DCDC14", new() { Separation = apart });
        OtherRival = await AddAsync("other rival", Segment.Men2030, "DC14DC", new() { Separation = apart });
        ForAdults = await AddAsync("for adults", Segment.Men4050, "14C814", new() { NotForChildren = true });
        await Services.GetRequiredService<SnapshotReader>().RefreshAsync();

        async Task<Campaign> AddAsync(string name, Segment segment, string colour, DeliveryTerms terms)
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
                Delivery = terms,
                CreatedAt = TimeProvider.System.GetUtcNow(),
            };
            await using var db = NewContext();
            db.Add(campaign);
            await db.SaveChangesAsync();
            await ImportAsync(advertiser, campaign.Id, name, colour);
            return campaign;
        }
    }

    private async Task ImportAsync(Organisation owner, Guid? campaign, string name, string colour)
    {
        var path = Path.Combine(_folder, name.Replace(' ', '-') + ".mp4");
        await TestClips.MakeAsync(path, $"color=c=0x{colour}:s=640x360:r=15:d={Seconds}");
        var outcome = await Services.GetRequiredService<CreativeIntake>().ImportAsync(path, owner.Id, campaign, name);
        Assert.Null(outcome.Refusal);
        await using var db = NewContext();
        _names[db.Creatives.Single(c => c.CampaignId == campaign && c.Name == name).Sha256] = name;
    }
}
