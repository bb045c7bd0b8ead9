using System.Diagnostics.Metrics;
using System.Net;
using System.Threading.Channels;
using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Screens;
using FaceAd.Web.Frames;
using FaceAd.Web.Players;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Frames;

/// <summary>Frames that were taken in and not analysed: what that says of the presence meanwhile.</summary>
public sealed class FrameWorkerTests(SiteFixture app) : IClassFixture<SiteFixture>
{
    private static readonly TimeSpan Patience = Wait.Limit;
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private AnalysisGaps Gaps => app.Services.GetRequiredService<AnalysisGaps>();

    [Fact]
    public async Task Frame_OlderThanTheLast_IsNoGapAndTurnsNoTimeBack()
    {
        using var screen = await NewScreenAsync();
        var empty = await Pictures.CabinAsync();
        await screen.SendAsync(empty, 0, "facead.frames.stage");
        await screen.SendAsync(empty, -5, "facead.frames.late");
        Gaps.Dropped(screen.Id);
        await screen.SendAsync(empty, 1, "facead.frames.stage");
        Assert.False(Gaps.Overlaps(screen.Id, Now.AddSeconds(-10), Now.AddSeconds(10)));
    }

    [Fact]
    public async Task Frames_OnlyBrokenOnesForSeconds_PresenceWasNotMeasured()
    {
        using var screen = await NewScreenAsync();
        var empty = await Pictures.CabinAsync();
        await screen.SendAsync(empty, 0, "facead.frames.stage");
        for (var i = 1; i <= 3; i++) await screen.SendAsync(empty[..(empty.Length / 3)], i, "facead.frames.invalid");
        await screen.SendAsync(empty, 4, "facead.frames.stage");
        Assert.True(Gaps.Overlaps(screen.Id, Now.AddSeconds(1), Now.AddSeconds(3)));
        Assert.False(Gaps.Overlaps(screen.Id, Now.AddSeconds(4), Now.AddSeconds(10)));
    }

    [Fact]
    public async Task Screen_WithoutFramesForLong_IsForgottenAndWatchedAnewWhenItSendsAgain()
    {
        using var screen = await NewScreenAsync();
        var worker = app.Services.GetRequiredService<FrameWorker>();
        var empty = await Pictures.CabinAsync();
        await screen.SendAsync(empty, 0, "facead.frames.stage");
        Assert.NotEqual(0, worker.Watched);
        var usual = worker.Idle;
        worker.Idle = TimeSpan.Zero;
        try
        {
            await Wait.UntilAsync(() => worker.Watched == 0, "silent screens are forgotten", Patience);
        }
        finally
        {
            worker.Idle = usual;
        }
        await screen.SendAsync(empty, 1, "facead.frames.stage");
        Assert.NotEqual(0, worker.Watched);
    }

    [Fact]
    public async Task Frames_PosterInThePicture_NobodyIsThereAndTheScreenSaysWhy()
    {
        using var screen = await NewScreenAsync();
        var poster = await Pictures.CabinAsync((14, 60, 200));
        var entry = app.Services.GetRequiredService<ScreenDirectory>().Find(screen.Id)!;
        ScreenState Now() => app.Services.GetRequiredService<ScreenStates>().Find(entry);
        for (var seconds = 0; seconds <= 22; seconds += 2)
        {
            Assert.False(Now().Hints.StillFace);
            await screen.SendAsync(poster, seconds, "facead.frames.stage");
        }
        Assert.True(Now().Hints.StillFace);
        Assert.Empty(Now().Viewers);
        await using var db = app.NewContext();
        Assert.False(await db.Audiences.AnyAsync(a => a.ScreenId == screen.Id));
    }

    private async Task<SendingScreen> NewScreenAsync()
    {
        var (screen, token) = await app.Registry.RegisterAsync(
            app.Server.Screen.SiteId, Guid.NewGuid().ToString("N"), InferenceMode.Server);
        await app.Services.GetRequiredService<ScreenDirectory>().RefreshAsync();
        return new SendingScreen(app, screen.Id, token);
    }

    /// <summary>A screen that sends one frame after the other, each when the server has dealt with the one before.</summary>
    private sealed class SendingScreen : IDisposable
    {
        private readonly DeviceClient _client;
        private readonly MeterListener _listener = new();
        private readonly Channel<string> _counted = Channel.CreateUnbounded<string>();

        public SendingScreen(SiteFixture app, Guid id, string token)
        {
            (Id, _client) = (id, new DeviceClient(app, token));
            var meters = app.Services.GetRequiredService<IMeterFactory>();
            _listener.InstrumentPublished = (instrument, own) =>
            {
                if (instrument.Meter.Scope == meters && instrument.Name is "facead.frames.stage" or "facead.frames.late"
                    or "facead.frames.invalid")
                    own.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) =>
            {
                if (tags.ToArray().Contains(new("stage", "track"))) _counted.Writer.TryWrite(instrument.Name); // the last stage
            });
            _listener.SetMeasurementEventCallback<long>((instrument, _, _, _) => _counted.Writer.TryWrite(instrument.Name));
            _listener.Start();
        }

        public Guid Id { get; }

        public async Task SendAsync(byte[] jpeg, double seconds, string counted)
        {
            Assert.Equal(HttpStatusCode.Accepted,
                (await _client.SendFrameAsync(jpeg, capturedAt: Now.AddSeconds(seconds).ToString("O"))).StatusCode);
            Assert.Equal(counted, await _counted.Reader.ReadAsync().AsTask().WaitAsync(Patience));
        }

        public void Dispose()
        {
            _listener.Dispose();
            _client.Dispose();
        }
    }
}
