using FaceAd.Player;
using FaceAd.Tests.Player.Playback;
using FaceAd.Tests.Support;
using Microsoft.AspNetCore.Builder;

namespace FaceAd.Tests.EndToEnd;

/// <summary>The real player of a screen, in a data folder of its own: one that is started again finds what was there.</summary>
internal sealed class TestPlayer
{
    private readonly string _folder = TestFolders.New("player");

    /// <summary>Starts it, with a headless Chromium.</summary>
    /// <param name="server">Address of the server.</param>
    /// <param name="token">The screen's token.</param>
    /// <param name="arguments">More settings, such as <c>--browser none</c>.</param>
    public Task<WebApplication> StartAsync(Uri server, string token, params string[] arguments) =>
        StartAsync(TimeProvider.System, server, token, arguments);

    /// <summary>Starts it, with a headless Chromium, on a machine with another clock.</summary>
    /// <param name="machine">The machine's clock.</param>
    /// <param name="server">Address of the server.</param>
    /// <param name="token">The screen's token.</param>
    /// <param name="arguments">More settings, such as <c>--browser none</c>.</param>
    public async Task<WebApplication> StartAsync(TimeProvider machine, Uri server, string token, params string[] arguments)
    {
        string[] browser = arguments.Contains("--browser") ? [] : ["--browser", "headless"];
        var settings = PlayerSettings.Read(
            ["--server", server.ToString(), "--data", _folder, "--port", "0", .. browser,
                "--browser-arguments", "--remote-debugging-port=0", .. arguments],
            new Dictionary<string, string?> { ["FACEAD_TOKEN"] = token });
        var player = PlayerHost.Build(settings, machine: machine);
        await player.StartAsync();
        return player;
    }

    /// <summary>A file of its data folder.</summary>
    /// <param name="name">The file's name.</param>
    public string FileOf(string name) => Path.Combine(_folder, name);

    /// <summary>The page that its Chromium shows.</summary>
    public Task<PlayerPage> OpenPageAsync() => PlayerPage.OpenAsync(_folder);
}
