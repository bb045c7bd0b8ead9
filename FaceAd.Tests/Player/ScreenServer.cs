using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Threading.Channels;
using FaceAd.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FaceAd.Tests.Player;

/// <summary>A server for one screen, real Kestrel and real SignalR, that keeps the contract and remembers what it was told.</summary>
public sealed class ScreenServer : IAsyncDisposable
{
    public const string Token = "test-device-token";

    public static readonly Guid ScreenId = new("0199a2c4-0000-7000-8000-000000000002");

    readonly WebApplication _app;
    readonly ConcurrentQueue<HubCallerContext> _callers = [];
    readonly ConcurrentDictionary<string, byte[]> _media = new();
    readonly ConcurrentDictionary<Guid, PlayReport> _plays = new();

    ScreenServer(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First());
    public Channel<Heartbeat> Beats { get; } = Channel.CreateUnbounded<Heartbeat>();
    public Channel<long> Acknowledged { get; } = Channel.CreateUnbounded<long>();
    public Channel<PlayEnding> Endings { get; } = Channel.CreateUnbounded<PlayEnding>();
    public Channel<PlayReport> Plays { get; } = Channel.CreateUnbounded<PlayReport>();
    public Channel<(byte[] Jpeg, DateTimeOffset CapturedAt)> Frames { get; } = Channel.CreateUnbounded<(byte[], DateTimeOffset)>();
    public Channel<AudienceReport> Audiences { get; } = Channel.CreateUnbounded<AudienceReport>();
    public ConcurrentQueue<int> Batches { get; } = [];
    public ScreenProgramme? Programme { get; set; }
    public Func<PlayReport, string?> Refuse { get; set; } = _ => null;
    public bool NumbersAreUsed { get; set; }
    public int PlaysStatus { get; set; } = 200;
    public int? RetryAfter { get; set; }
    public ConcurrentQueue<long> Requests { get; } = [];
    public int AudiencesStatus { get; set; } = 200;
    public int HubStatus { get; set; } = 200;
    public string AcceptedToken { get; set; } = Token;
    public bool OtherRefused { get; set; } // another player with its token
    public bool Drops { get; set; } // every connection, as soon as it is there
    public (int Bytes, TimeSpan Pause) Pace { get; set; } = (int.MaxValue, TimeSpan.Zero); // of downloads
    public int Connections => _callers.Count;

    public IHubContext<Hub, IScreenClient> Screens => _app.Services.GetRequiredService<IHubContext<Hub, IScreenClient>>();

    public static async Task<ScreenServer> StartAsync(int port = 0, string acceptedToken = Token)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Services.AddSignalR();
        builder.Services.AddSingleton<Holder>();
        var app = builder.Build();
        var server = new ScreenServer(app) { AcceptedToken = acceptedToken };
        app.Services.GetRequiredService<Holder>().Server = server;
        app.Use((context, next) =>
        {
            if (context.Request.Headers.Authorization != "Bearer " + server.AcceptedToken) context.Response.StatusCode = 401;
            else if (server.HubStatus == 200 || !context.Request.Path.StartsWithSegments(Routes.Hub)) return next(context);
            else server.Note(context, context.Response.StatusCode = server.HubStatus);
            return Task.CompletedTask;
        });
        app.MapHub<Hub>(Routes.Hub);
        app.MapGet(Routes.Media + "/{name}", (HttpContext http, string name) => server.SendAsync(http, name));
        app.MapPost(Routes.Plays, (HttpContext http, PlayReport[] reports) =>
        {
            server.Note(http, server.PlaysStatus);
            return server.Take(reports);
        });
        app.MapPost(Routes.Audiences, (HttpContext http, AudienceReport report) =>
        {
            server.Note(http, server.AudiencesStatus);
            if (server.AudiencesStatus == 200) server.Audiences.Writer.TryWrite(report);
            return Results.StatusCode(server.AudiencesStatus);
        });
        app.MapPost(Routes.Frames, async (HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            server.Frames.Writer.TryWrite((body.ToArray(), DateTimeOffset.Parse(request.Headers[Routes.CapturedAtHeader]!, null)));
            return Results.Accepted();
        });
        await app.StartAsync();
        return server;
    }

    public CreativeFile AddCreative(string name, byte[] content, double seconds, byte[]? served = null)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(content));
        _media[hash] = served ?? content;
        return new CreativeFile(Guid.NewGuid(), hash, content.Length, seconds, name);
    }

    public void Serve(string hash, byte[] content) => _media[hash] = content;

    public static ScreenProgramme ProgrammeOf(
        IReadOnlyList<CreativeFile> creatives, IReadOnlyList<Guid> houseLoop, bool measurement = false) => new()
        {
            ScreenId = ScreenId,
            ScreenName = "A동 1호기",
            Mode = InferenceMode.Server,
            Measurement = measurement,
            Notice = "이 화면은 얼굴 영상을 저장하지 않고 시청 인원만 셉니다.",
            Creatives = creatives,
            HouseLoop = houseLoop,
        };

    /// <summary>Closes every connection and tells the screens not to reconnect, as for a token that became void.</summary>
    public void CutOff()
    {
        foreach (var caller in _callers) caller.Abort();
    }

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _app.StopAsync(limit.Token);
        await _app.DisposeAsync();
    }

    async Task SendAsync(HttpContext http, string name)
    {
        if (!_media.TryGetValue(Path.GetFileNameWithoutExtension(name), out var file))
        {
            http.Response.StatusCode = 404;
            return;
        }
        (http.Response.ContentType, http.Response.ContentLength) = ("video/mp4", file.Length);
        for (var sent = 0; sent < file.Length;)
        {
            var count = Math.Min(Pace.Bytes, file.Length - sent);
            await http.Response.Body.WriteAsync(file.AsMemory(sent, count), http.RequestAborted);
            sent += count;
            if (Pace.Pause > TimeSpan.Zero) await Task.Delay(Pace.Pause, http.RequestAborted);
        }
    }

    // When each request came, and the word of a busy server.
    void Note(HttpContext http, int status)
    {
        Requests.Enqueue(TimeProvider.System.GetTimestamp());
        if (status != 200 && RetryAfter is { } seconds)
            http.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    IResult Take(PlayReport[] reports)
    {
        if (PlaysStatus != 200) return Results.StatusCode(PlaysStatus);
        Batches.Enqueue(reports.Length);
        var (accepted, known, refused) = (0, 0, new List<RefusedPlay>());
        foreach (var report in reports)
        {
            if (Refuse(report) is { } reason) refused.Add(new RefusedPlay(report.PlayId, reason));
            else if (_plays.TryAdd(report.PlayId, report))
            {
                accepted++;
                Plays.Writer.TryWrite(report);
            }
            else known++;
        }
        return Results.Ok(new PlayReceipt(accepted, known, refused) { NumbersAreUsed = NumbersAreUsed });
    }

    public sealed class Holder
    {
        public ScreenServer Server { get; set; } = null!;
    }

    public sealed class Hub(Holder holder) : Hub<IScreenClient>, IScreenHub
    {
        public override async Task OnConnectedAsync()
        {
            holder.Server._callers.Enqueue(Context);
            if (holder.Server.Drops) Context.Abort();
            if (holder.Server.Programme is { } programme) await Clients.Caller.Programme(programme);
        }

        public Task<HeartbeatReply> Beat(Heartbeat heartbeat)
        {
            holder.Server.Beats.Writer.TryWrite(heartbeat);
            return Task.FromResult(new HeartbeatReply(TimeProvider.System.GetUtcNow()) { OtherRefused = holder.Server.OtherRefused });
        }

        public Task Acknowledge(long sequence)
        {
            holder.Server.Acknowledged.Writer.TryWrite(sequence);
            return Task.CompletedTask;
        }

        public Task PlayEnding(PlayEnding ending)
        {
            holder.Server.Endings.Writer.TryWrite(ending);
            return Task.CompletedTask;
        }
    }
}
