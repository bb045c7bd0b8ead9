using FaceAd.Tests.Support;
using Microsoft.Playwright;

namespace FaceAd.Tests.Player.Playback;

/// <summary>The page of a player, watched in the player's own Chromium.</summary>
internal sealed class PlayerPage : IAsyncDisposable
{
    // Each video that is raised to the top of the page, in this order.
    private const string Watch = """
        () => {
            window.shown = [];
            const note = () => {
                const video = document.querySelector('video.top')?.currentSrc;
                if (video && video !== window.shown.at(-1)) window.shown.push(video);
            };
            new MutationObserver(note).observe(document.body, { subtree: true, attributes: true, attributeFilter: ['class', 'src'] });
            note();
        }
        """;

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private PlayerPage(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    /// <summary>The page.</summary>
    public IPage Page => _browser.Contexts[0].Pages[0];

    /// <summary>Connects to the Chromium of a player that has been started.</summary>
    /// <param name="data">The player's data folder.</param>
    public static async Task<PlayerPage> OpenAsync(string data)
    {
        var port = await DevToolsPortAsync(data);
        var playwright = await Playwright.CreateAsync();
        try
        {
            return new PlayerPage(playwright, await playwright.Chromium.ConnectOverCDPAsync($"http://127.0.0.1:{port}"));
        }
        catch
        {
            playwright.Dispose();
            throw;
        }
    }

    /// <summary>Where the Chromium of a player can be watched.</summary>
    /// <param name="data">The player's data folder.</param>
    public static async Task<string> DevToolsPortAsync(string data)
    {
        var file = Path.Combine(data, "chromium", "DevToolsActivePort");
        await Wait.UntilAsync(() => File.Exists(file) && File.ReadAllLines(file).Length >= 2, "the browser names its port");
        return (await File.ReadAllLinesAsync(file))[0];
    }

    /// <summary>From now on the page keeps what it shows.</summary>
    public async Task WatchAsync()
    {
        await Page.Locator("video.top").WaitForAsync();
        await Page.EvaluateAsync(Watch);
    }

    /// <summary>Addresses of the videos that were raised to the top since it is watched, the same one in a row once.</summary>
    public Task<string[]> ShownAsync() => Page.EvaluateAsync<string[]>("() => window.shown");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
