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
/// The app with a site and a campaign for women of 20 to 39, and footage of them: two riders, and one rider of a short turn.
/// </summary>
public sealed class DeviceInferenceFixture : AppFixture
{
    /// <summary>Seconds of the short footage, which begins again and again.</summary>
    public const int Turn = 12;

    private readonly string _folder = TestFolders.New("device");
    private Site _site = null!;
    private int _players;

    public Campaign Women { get; private set; } = null!;

    internal ScreenRegistry Registry => Services.GetRequiredService<ScreenRegistry>();

    public async Task<(Guid Id, string Token)> RegisterAsync(InferenceMode mode)
    {
        var (screen, token) = await Registry.RegisterAsync(_site.Id, Guid.NewGuid().ToString("N"), mode);
        return (screen.Id, token);
    }

    public async Task<WebApplication> StartPlayerAsync(Uri server, string token, string browser, bool models = true)
    {
        var data = Path.Combine(_folder, "player-" + ++_players);
        var footage = Path.Combine(_folder, browser == "none" ? "short.mp4" : "long.mp4");
        string[] arguments = ["--server", server.ToString(), "--data", data, "--port", "0", "--browser", browser, "--camera",
            "file:" + footage, "--camera-fps", "5"];
        var player = PlayerHost.Build(PlayerSettings.Read(
            [.. arguments, .. models ? ["--models", Support.Models.Folder] : Array.Empty<string>()],
            new Dictionary<string, string?> { ["FACEAD_TOKEN"] = token }));
        await player.StartAsync();
        return player;
    }

    protected override async Task ReadyAsync()
    {
        await WriteAsync("long", """
            { "screen": "test", "seconds": 20, "framesPerSecond": 5, "seed": 7,
              "cast": [ { "person": "A", "segment": "Women2030", "portrait": 63 }, { "person": "B", "segment": "Women2030",
                  "portrait": 138 } ],
              "rides": [
                { "person": "A", "enters": 4.0, "leaves": 12.0, "place": 1, "size": 156 },
                { "person": "B", "enters": 4.6, "leaves": 11.4, "place": 2, "size": 146 } ] }
            """);
        await WriteAsync("short", $$"""
            { "screen": "test", "seconds": {{Turn}}, "framesPerSecond": 5, "seed": 8,
              "cast": [ { "person": "A", "segment": "Women2030", "portrait": 63 } ],
              "rides": [ { "person": "A", "enters": 1.5, "leaves": 5.0, "place": 1, "size": 156 } ] }
            """);
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

    private async Task WriteAsync(string name, string script) =>
        await CabinFootage.Load(CabinScript.FromJson(script), MediaCommand.PortraitFolder(Support.Models.NodeModules))
            .WriteVideoAsync(Path.Combine(_folder, name + ".mp4"), default);

    private async Task ImportAsync(Organisation owner, Guid? campaign, string name, int seconds)
    {
        var path = Path.Combine(_folder, name + ".mp4");
        await TestClips.MakeAsync(path, $"color=c=0x2050a0:s=640x360:r=15:d={seconds}");
        Assert.Null((await Services.GetRequiredService<CreativeIntake>().ImportAsync(path, owner.Id, campaign, name)).Refusal);
    }
}
