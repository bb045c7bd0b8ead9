using FaceAd.Core;
using FaceAd.Demo;
using FaceAd.Demo.Footage;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Faults;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.EndToEnd;

/// <summary>
/// The app with a site and a campaign for women of 20 to 39, and what cameras see of them: footage of two riders, or one rider on cue. Its
/// clock can be set.
/// </summary>
public sealed class DeviceInferenceFixture : AppFixture
{
    private const string Colour = "2050A0";
    private readonly string _folder = TestFolders.New("device");
    private Site _site = null!;

    /// <summary>The app's clock.</summary>
    public SteppedClock Clock { get; } = new();

    /// <summary>
    /// One woman enters the cabin on cue: <c>ride</c>, for three and a half seconds; or <c>woman</c>, and likewise <c>man</c>, for seven.
    /// </summary>
    internal CabinOnCue Cabin { get; private set; } = null!;

    /// <summary>For <c>--camera</c>: two women enter after some seconds, and again whenever the footage begins anew.</summary>
    public string Footage => "file:" + Path.Combine(_folder, "footage.mp4");

    public Campaign Women { get; private set; } = null!;

    /// <summary>The campaigns and the house loop.</summary>
    internal PlainCampaigns Campaigns { get; private set; } = null!;

    internal ScreenRegistry Registry => Services.GetRequiredService<ScreenRegistry>();

    public async Task<(Guid Id, string Token)> RegisterAsync(InferenceMode mode, Guid? site = null)
    {
        var (screen, token) = await Registry.RegisterAsync(site ?? _site.Id, Guid.NewGuid().ToString("N"), mode);
        return (screen.Id, token);
    }

    /// <summary>Starts a player on a data folder of its own.</summary>
    public static Task<WebApplication> StartPlayerAsync(Uri server, string token, string browser, string camera) =>
        new TestPlayer().StartAsync(
            server, token, "--browser", browser, "--camera", camera, "--camera-fps", "5", "--models", Support.Models.Folder);

    /// <inheritdoc/>
    protected override void Replace(IServiceCollection services) => services.AddSingleton<TimeProvider>(Clock);

    protected override async Task ReadyAsync()
    {
        const string Cast = """
            { "person": "A", "segment": "Women2030", "portrait": 63 }, { "person": "B", "segment": "Women2030", "portrait": 138 }
            """;
        Cabin = await CabinOnCue.DrawAsync(
            Cast + """, { "person": "C", "segment": "Men4050", "portrait": 240 }""",
            ("ride", 5.0, """{ "person": "A", "enters": 1.0, "leaves": 4.5, "place": 1, "size": 156 }"""),
            ("woman", 8.0, """{ "person": "A", "enters": 0.5, "leaves": 7.5, "place": 1, "size": 156 }"""),
            ("man", 8.0, """{ "person": "C", "enters": 0.5, "leaves": 7.5, "place": 1, "size": 158 }"""));
        var script = CabinScript.FromJson($$"""
            { "screen": "test", "seconds": 16, "framesPerSecond": 5, "seed": 7, "cast": [{{Cast}}],
              "rides": [
                { "person": "A", "enters": 2.0, "leaves": 8.0, "place": 1, "size": 156 },
                { "person": "B", "enters": 2.6, "leaves": 7.4, "place": 2, "size": 146 } ] }
            """);
        await CabinFootage.Load(script, MediaCommand.PortraitFolder(Support.Models.NodeModules))
            .WriteVideoAsync(Path.Combine(_folder, "footage.mp4"), default);
        Campaigns = await PlainCampaigns.StartAsync(this, Colour, 4);
        _site = await Registry.RegisterSiteAsync("Tower", "", "Asia/Seoul", Site.DefaultNotice, Sample.Consent);
        Women = await Campaigns.AddAsync("women", Segment.Women2030, Colour, 3);
    }
}
