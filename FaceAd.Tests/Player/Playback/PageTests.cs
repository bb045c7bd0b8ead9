using System.Diagnostics;
using System.Text.Json;
using FaceAd.Core;
using FaceAd.Player;
using FaceAd.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit.Abstractions;

namespace FaceAd.Tests.Player.Playback;

/// <summary>A real player with a real headless Chromium, commanded through a real hub; judged by the pixels it shows.</summary>
public sealed class PageTests(ITestOutputHelper output) : IAsyncLifetime
{
    static readonly (int R, int G, int B) Red = (220, 20, 20), Green = (20, 200, 20), Blue = (20, 20, 220);

    readonly string _folder = Directory.CreateTempSubdirectory("facead-page-").FullName;
    ScreenServer _server = null!;
    WebApplication _player = null!;
    IPlaywright _playwright = null!;

    public async Task InitializeAsync()
    {
        _server = await ScreenServer.StartAsync();
        _playwright = await Playwright.CreateAsync();
    }

    public async Task DisposeAsync()
    {
        if (_player is not null)
        {
            await _player.StopAsync();
            await _player.DisposeAsync();
        }
        _playwright.Dispose();
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Play_CommandedThroughTheHub_ShowsTheCreativeWithoutABlackFrameAndReportsItsInterval()
    {
        var house = await AddClipAsync("house", Blue, seconds: 30);
        var red = await AddClipAsync("red", Red, seconds: 4);
        var green = await AddClipAsync("green", Green, seconds: 3);
        _server.Programme = ScreenServer.ProgrammeOf([house, red, green], [house.CreativeId]);
        await StartPlayerAsync();
        await using var renderer = await PlayerPage.OpenAsync(_folder);
        var page = renderer.Page;
        await SeeAsync(page, Blue);
        Assert.Equal("renderer", await page.EvaluateAsync<string>("document.documentElement.dataset.role"));
        Assert.DoesNotContain("render=", page.Url);

        // A mirror, in another browser, follows.
        await using var other = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--autoplay-policy=no-user-gesture-required"],
        });
        var mirror = await other.NewPageAsync(new() { ViewportSize = new() { Width = 320, Height = 180 } });
        await mirror.GotoAsync(PlayerAddress().ToString());
        await SeeAsync(mirror, Blue);
        Assert.Equal("mirror", await mirror.EvaluateAsync<string>("document.documentElement.dataset.role"));

        // Every frame that the page composites from now on, not a sample of them.
        await using var screencast = await Screencast.StartAsync(page);

        // At once: from the command to the pixels, and never black in between.
        var decision = Guid.NewGuid();
        var commanded = Stopwatch.GetTimestamp();
        await _server.Screens.Clients.All.Play(new PlayCommand(1, decision, red.CreativeId, AtEnd: false, TimeProvider.System.GetUtcNow()));
        var seen = await screencast.UntilAsync(Red);
        output.WriteLine(
            $"command to pixels: {Stopwatch.GetElapsedTime(commanded).TotalMilliseconds:0} ms, {seen.Count} composited frames");
        Assert.All(seen, colour => Assert.True(Near(colour, Blue) || Near(colour, Red), $"The switch showed {colour}."));
        await SeeAsync(mirror, Red);
        Assert.Equal(1, await Wait.NextAsync(_server.Acknowledged.Reader));
        var interrupted = await Wait.NextAsync(_server.Plays.Reader);
        Assert.Equal((house.CreativeId, PlayEnd.Interrupted, null), (interrupted.CreativeId, interrupted.End, interrupted.DecisionId));

        // At the end: the server is asked in time, and its answer follows without black.
        var ending = await Wait.NextAsync(_server.Endings.Reader);
        Assert.Equal(red.CreativeId, ending.CreativeId);
        Assert.InRange(ending.Remaining.TotalSeconds, double.Epsilon, 1.5);
        await _server.Screens.Clients.All.Play(
            new PlayCommand(2, Guid.NewGuid(), green.CreativeId, AtEnd: true, TimeProvider.System.GetUtcNow()));
        seen = await screencast.UntilAsync(Green);
        Assert.All(seen, colour => Assert.True(Near(colour, Red) || Near(colour, Green), $"The switch showed {colour}."));
        var completed = await Wait.NextAsync(_server.Plays.Reader);
        Assert.Equal((red.CreativeId, PlayEnd.Completed, decision), (completed.CreativeId, completed.End, completed.DecisionId));
        // A busy machine leaves frames out and stalls; none come twice.
        Assert.InRange((completed.EndedAt - completed.StartedAt).TotalSeconds, 3.6, 10);
        Assert.InRange(completed.FramesPresented, 10, 62);
        Assert.True(interrupted.EndedAt == completed.StartedAt, "One leaves when the other comes.");
        Assert.False(completed.Measured);

        // Nothing better: the house loop again.
        var last = await Wait.NextAsync(_server.Plays.Reader);
        Assert.Equal((green.CreativeId, PlayEnd.Completed), (last.CreativeId, last.End));
        await SeeAsync(page, Blue);

        // A mirror never reports: each play came once, and one that a mirror claims does not come at all.
        await mirror.EvaluateAsync("renders = true; send({ type: 'ended', run: front.id, age: 0, mediaTime: 9, frames: 99 }); send({ type: 'failed', run: front.id })");
        await SeeAsync(page, Blue);
        Assert.False(_server.Plays.Reader.TryRead(out var claimed), $"A mirror's claim was reported: {claimed}");
    }

    [Fact]
    public async Task Renderer_Crashes_PlayIsFailedAtItsLastFrameAndANewPageRenders()
    {
        var house = await AddClipAsync("house", Blue, seconds: 30);
        _server.Programme = ScreenServer.ProgrammeOf([house], [house.CreativeId]);
        await StartPlayerAsync();
        await using (var renderer = await PlayerPage.OpenAsync(_folder))
        {
            var page = renderer.Page;
            await SeeAsync(page, Blue);
            await Wait.UntilAsync(() => page.EvaluateAsync<bool>("front !== null && front.mediaTime > 1"), "the page has played a second");
            // The page's process is killed while playing.
            var session = await page.Context.NewCDPSessionAsync(page);
            _ = session.SendAsync("Page.crash").ContinueWith(_ => { }, TaskScheduler.Default);
            var failed = await Wait.NextAsync(_server.Plays.Reader);
            Assert.Equal((house.CreativeId, PlayEnd.Failed), (failed.CreativeId, failed.End));
            Assert.InRange((failed.EndedAt - failed.StartedAt).TotalSeconds, 0.7, 30);
            Assert.True(failed.FramesPresented > 10);
        }
        var status = _player.Services.GetRequiredService<PlayerStatus>();
        await Wait.UntilAsync(() => status.Page.Showing == house.CreativeId, "the house loop shows");
    }

    [Fact]
    public async Task HouseLoop_VideoThatStandsStill_IsSkippedAndLeftOutAndThePageGoesOn()
    {
        // One frame in ten seconds, as a page of slides becomes a video; stored before videos were checked, say.
        var slides = await AddAsync("slides", "testsrc=s=320x180:r=1/10:d=20", seconds: 20);
        var house = await AddClipAsync("house", Blue, seconds: 1);
        _server.Programme = ScreenServer.ProgrammeOf([slides, house], [slides.CreativeId, house.CreativeId]);
        await StartPlayerAsync();
        await using var renderer = await PlayerPage.OpenAsync(_folder);
        await renderer.Page.EvaluateAsync("window.isTheFirst = true");

        List<(Guid, PlayEnd)> plays = [];
        await Wait.ForAsync(_server.Plays.Reader, play =>
        {
            plays.Add((play.CreativeId, play.End));
            return plays.Count >= 6;
        }, "the loop goes on");
        var (failed, played) = ((slides.CreativeId, PlayEnd.Failed), (house.CreativeId, PlayEnd.Completed));
        Assert.Equal([failed, played, failed, played, played, played], plays);
        await Wait.ForAsync(_server.Beats.Reader, beat => beat.LeftOut is [var video] && video == slides.CreativeId, "the server is told");
        Assert.True(await renderer.Page.EvaluateAsync<bool>("window.isTheFirst"), "The page was restarted.");
    }

    /// <summary>The middle colour of every frame that a page composites, by the browser's own screencast.</summary>
    sealed class Screencast(ICDPSession session) : IAsyncDisposable
    {
        readonly System.Threading.Channels.Channel<(int R, int G, int B)> _colours =
            System.Threading.Channels.Channel.CreateUnbounded<(int R, int G, int B)>();

        public static async Task<Screencast> StartAsync(IPage page)
        {
            var session = await page.Context.NewCDPSessionAsync(page);
            var screencast = new Screencast(session);
            session.Event("Page.screencastFrame").OnEvent += (_, frame) => screencast.Take(frame!.Value);
            await session.SendAsync("Page.startScreencast", new() { ["format"] = "jpeg", ["quality"] = 90, ["everyNthFrame"] = 1 });
            return screencast;
        }

        /// <summary>All colours up to and with the first that is the one wanted.</summary>
        public async Task<List<(int R, int G, int B)>> UntilAsync((int R, int G, int B) colour)
        {
            var seen = new List<(int R, int G, int B)>();
            await Wait.ForAsync(_colours.Reader, next =>
            {
                seen.Add(next);
                return Near(next, colour);
            }, $"the page shows {colour}");
            return seen;
        }

        public async ValueTask DisposeAsync() => await session.DetachAsync();

        void Take(JsonElement frame)
        {
            _colours.Writer.TryWrite(TestClips.Centre(frame.GetProperty("data").GetBytesFromBase64()));
            _ = session.SendAsync("Page.screencastFrameAck", new() { ["sessionId"] = frame.GetProperty("sessionId").GetInt32() });
        }
    }

    async Task StartPlayerAsync()
    {
        _player = PlayerHost.Build(PlayerSettings.Read(
            ["--server", _server.Address.ToString(), "--data", _folder, "--port", "0", "--browser", "headless", "--browser-arguments",
                "--remote-debugging-port=0"],
            new Dictionary<string, string?> { ["FACEAD_TOKEN"] = ScreenServer.Token }));
        await _player.StartAsync();
    }

    Uri PlayerAddress() => new(_player.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    Task<CreativeFile> AddClipAsync(string name, (int R, int G, int B) colour, double seconds) =>
        AddAsync(name, $"color=c=0x{colour.R:X2}{colour.G:X2}{colour.B:X2}:s=320x180:r=15:d={seconds}", seconds);

    async Task<CreativeFile> AddAsync(string name, string source, double seconds)
    {
        var path = Path.Combine(_folder, name + ".mp4");
        await TestClips.MakeAsync(path, source);
        return _server.AddCreative(name, await File.ReadAllBytesAsync(path), seconds);
    }

    static async Task SeeAsync(IPage page, (int R, int G, int B) colour) => _ = await SampleUntilAsync(page, colour);

    static async Task<List<(int R, int G, int B)>> SampleUntilAsync(IPage page, (int R, int G, int B) colour)
    {
        var seen = new List<(int R, int G, int B)>();
        await Wait.UntilAsync(async () =>
        {
            seen.Add(TestClips.Centre(await page.ScreenshotAsync(new() { Type = ScreenshotType.Jpeg, Quality = 90 })));
            return Near(seen[^1], colour);
        }, $"the page shows {colour}");
        return seen;
    }

    static bool Near((int R, int G, int B) a, (int R, int G, int B) b) =>
        Math.Abs(a.R - b.R) < 40 && Math.Abs(a.G - b.G) < 40 && Math.Abs(a.B - b.B) < 40;
}
