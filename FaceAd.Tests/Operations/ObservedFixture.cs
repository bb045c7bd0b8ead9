using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Screens;
using FaceAd.Web.Audiences;
using FaceAd.Web.Frames;
using FaceAd.Web.Hosting;
using FaceAd.Web.Metrics;
using FaceAd.Web.Players;
using FaceAd.Web.Screens;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace FaceAd.Tests.Operations;

/// <summary>The app with a page of meters and a collector, after some work of each kind. Everything is traced.</summary>
public sealed class ObservedFixture : SiteFixture, IDisposable
{
    public const string Token = "only-for-the-scraper";

    private readonly Kept _kept = new();
    private readonly Collector _collector = new();

    /// <summary>The steps of traces that have ended.</summary>
    public IReadOnlyCollection<Activity> Steps => _kept.Ended;

    /// <summary>Paths and bodies of what the collector got.</summary>
    public IReadOnlyCollection<(string Path, string Body)> Collected => _collector.Got;

    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["Telemetry:MetricsToken"] = Token,
        ["Telemetry:TraceRatio"] = "1",
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _collector.Address,
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
    };

    public void Dispose() => _collector.Dispose();

    /// <summary>A play of the campaign on a screen, a moment ago.</summary>
    public PlayReport PlayNow(Guid screenId) => new()
    {
        PlayId = Guid.NewGuid(),
        DecisionId = Decide(screenId, Creative.Id, TimeProvider.System.GetUtcNow().AddSeconds(-20)),
        CreativeId = Creative.Id,
        StartedAt = TimeProvider.System.GetUtcNow().AddSeconds(-20),
        EndedAt = TimeProvider.System.GetUtcNow().AddSeconds(-10),
        End = PlayEnd.Completed,
        Measured = true,
        FramesPresented = 250,
    };

    protected override void Replace(IServiceCollection services) =>
        services.ConfigureOpenTelemetryTracerProvider(traces => traces.AddProcessor(_kept));

    // A counter without a count is not exported.
    protected override async Task ReadyAsync()
    {
        await base.ReadyAsync();
        var frames = Services.GetRequiredService<FrameMeters>();
        var id = Device.Screen.Id;
        frames.Received(id);
        frames.Dropped(id);
        frames.Invalid(id);
        frames.Late(id);
        frames.Stages(default);
        Services.GetRequiredService<PlayerMeters>().Pushed(id);
        Services.GetRequiredService<LiveFeedMeter>().Computed("figures");
        Reactions.Failed.Add(1, new KeyValuePair<string, object?>("fact", "none"));
        var now = TimeProvider.System.GetUtcNow();
        var screen = Services.GetRequiredService<ScreenDirectory>().Find(id)!;
        Services.GetRequiredService<LiveAudiences>().Update(
            screen, Sample.Report(Guid.NewGuid(), 1, now, now, AudienceState.Open, Sample.Viewer(Segment.Men2030, now, now)));
        using var device = new DeviceClient(this, Device.Token);
        using var answer = await device.SendPlaysAsync(PlayNow(id), PlayNow(id) with { DecisionId = null });
        Assert.Equal(1, (await answer.Content.ReadFromJsonAsync<PlayReceipt>())!.Disputed);
    }

    private sealed class Kept : BaseProcessor<Activity>
    {
        public ConcurrentQueue<Activity> Ended { get; } = new();

        public override void OnEnd(Activity data) => Ended.Enqueue(data);
    }

    private sealed class Collector : IDisposable
    {
        private readonly HttpListener _listener = new();

        public Collector()
        {
            Address = $"http://127.0.0.1:{LoopbackPort.Free()}";
            _listener.Prefixes.Add(Address + "/");
            _listener.Start();
            _ = TakeAsync();
        }

        public string Address { get; }

        public ConcurrentQueue<(string Path, string Body)> Got { get; } = new();

        public void Dispose() => ((IDisposable)_listener).Dispose();

        private async Task TakeAsync()
        {
            while (true)
            {
                HttpListenerContext context;
                try
                {
                    context = await _listener.GetContextAsync();
                }
                catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
                {
                    return; // the test is over
                }
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                // Names are plain texts within the binary body.
                Got.Enqueue((context.Request.Url!.AbsolutePath, Encoding.Latin1.GetString(body.ToArray())));
                context.Response.Close();
            }
        }
    }
}
