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
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.EndToEnd;

/// <summary>
/// The app with a site and a campaign for women of 20 to 39, and what cameras see of them: footage of two riders, or one rider on cue.
/// </summary>
public sealed class DeviceInferenceFixture : AppFixture
{
    private readonly string _folder = TestFolders.New("device");
    private Site _site = null!;
    private int _players;

    /// <summary>One woman enters the cabin for three and a half seconds, on cue.</summary>
    internal CabinOnCue Cabin { get; private set; } = null!;

    /// <summary>For <c>--camera</c>: two women enter after some seconds, and again whenever the footage begins anew.</summary>
    public string Footage => "file:" + Path.Combine(_folder, "footage.mp4");

    public Campaign Women { get; private set; } = null!;

    internal ScreenRegistry Registry => Services.GetRequiredService<ScreenRegistry>();

    public async Task<(Guid Id, string Token)> RegisterAsync(InferenceMode mode)
    {
        var (screen, token) = await Registry.RegisterAsync(_site.Id, Guid.NewGuid().ToString("N"), mode);
        return (screen.Id, token);
    }

    public async Task<WebApplication> StartPlayerAsync(Uri server, string token, string browser, string camera)
    {
        var data = Path.Combine(_folder, "player-" + ++_players);
        string[] arguments = ["--server", server.ToString(), "--data", data, "--port", "0", "--browser", browser, "--camera", camera,
            "--camera-fps", "5", "--models", Support.Models.Folder];
        var player = PlayerHost.Build(PlayerSettings.Read(
            arguments, new Dictionary<string, string?> { ["FACEAD_TOKEN"] = token }));
        await player.StartAsync();
        return player;
    }

    protected override async Task ReadyAsync()
    {
        const string Cast = """
            { "person": "A", "segment": "Women2030", "portrait": 63 }, { "person": "B", "segment": "Women2030", "portrait": 138 }
            """;
        Cabin = await CabinOnCue.DrawAsync(
            Cast, ("ride", 5.0, """{ "person": "A", "enters": 1.0, "leaves": 4.5, "place": 1, "size": 156 }"""));
        var script = CabinScript.FromJson($$"""
            { "screen": "test", "seconds": 16, "framesPerSecond": 5, "seed": 7, "cast": [{{Cast}}],
              "rides": [
                { "person": "A", "enters": 2.0, "leaves": 8.0, "place": 1, "size": 156 },
                { "person": "B", "enters": 2.6, "leaves": 7.4, "place": 2, "size": 146 } ] }
            """);
        await CabinFootage.Load(script, MediaCommand.PortraitFolder(Support.Models.NodeModules))
            .WriteVideoAsync(Path.Combine(_folder, "footage.mp4"), default);
        await using var scope = Services.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<AccountSetup>();
        var owner = await accounts.CreateOrganisationAsync("Owner", OrganisationKind.MediaOwner);
        var advertiser = await accounts.CreateOrganisationAsync("Advertiser", OrganisationKind.Advertiser);
        _site = await Registry.RegisterSiteAsync("Tower", "", "Asia/Seoul", Site.DefaultNotice, Sample.Consent);
        var today = Sample.Calendar.DayOf(TimeProvider.System.GetUtcNow());
        Women = new Campaign
        {
            OrganisationId = advertiser.Id,
            Name = "Women",
            State = CampaignState.Approved,
            StartsOn = today.AddDays(-1),
            EndsOn = today.AddDays(8),
            Targets = [Segment.Women2030],
            BudgetKrw = 1_000_000,
            CreatedAt = TimeProvider.System.GetUtcNow(),
        };
        await using var db = NewContext();
        db.Add(Women);
        await db.SaveChangesAsync();
        await ImportAsync(owner, null, "house", 4);
        await ImportAsync(advertiser, Women.Id, "women", 3);
    }

    private async Task ImportAsync(Organisation owner, Guid? campaign, string name, int seconds)
    {
        var path = Path.Combine(_folder, name + ".mp4");
        await TestClips.MakeAsync(path, $"color=c=0x2050a0:s=640x360:r=15:d={seconds}");
        Assert.Null((await Services.GetRequiredService<CreativeIntake>().ImportAsync(path, owner.Id, campaign, name)).Refusal);
    }
}
