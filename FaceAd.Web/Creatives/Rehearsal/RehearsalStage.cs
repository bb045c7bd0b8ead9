using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.StaticFiles;

namespace FaceAd.Web.Creatives.Rehearsal;

/// <summary>
/// The players' page on a port of its own, for one browser and one video. It asks the page to show the video and hears what it reports.
/// </summary>
sealed class RehearsalStage : IAsyncDisposable
{
    private const int MostReports = 64;
    private const int MostBytes = 4096;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly string _token = RandomNumberGenerator.GetHexString(32, lowercase: true);
    private readonly Channel<PageReport> _reports =
        Channel.CreateBounded<PageReport>(new BoundedChannelOptions(MostReports) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly WebApplication _app;

    private RehearsalStage(string video)
    {
        // Nothing of the server's own settings: this listens on this machine only, and for one video.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        _app = builder.Build();
        _app.UseWebSockets();
        MapFile("/", "index.html");
        MapFile("/page.css", "page.css");
        MapFile("/page.js", "page.js");
        _app.MapGet($"/media/{_token}.mp4", () => Results.File(video, "video/mp4", enableRangeProcessing: true));
        _app.Map("/screen", ServeAsync);
    }

    /// <summary>Opens it.</summary>
    /// <param name="video">Path of the video.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<RehearsalStage> OpenAsync(string video, CancellationToken cancellation)
    {
        var stage = new RehearsalStage(video);
        await stage._app.StartAsync(cancellation);
        return stage;
    }

    /// <summary>The page's address; its first reader renders.</summary>
    public string Address => $"{_app.Urls.Single()}/?render={_token}";

    /// <summary>What the page reports. It ends when the page has gone.</summary>
    public ChannelReader<PageReport> Reports => _reports.Reader;

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task ServeAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        try
        {
            if (await ReceiveAsync(socket, context.RequestAborted) is not { Type: "hello" } hello || hello.Token != _token) return;
            _reports.Writer.TryWrite(hello);
            await SendAsync(socket, new { type = "welcome", renders = true }, context.RequestAborted);
            await SendAsync(socket, new { type = "show", run = 1, url = $"/media/{_token}.mp4", offset = 0 }, context.RequestAborted);
            while (await ReceiveAsync(socket, context.RequestAborted) is { } report) _reports.Writer.TryWrite(report);
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or JsonException)
        {
            // A page that has gone, or is none of ours, reports no more.
        }
        _reports.Writer.TryComplete();
    }

    private static Task SendAsync<T>(WebSocket socket, T message, CancellationToken cancellation) =>
        socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(message, Json), WebSocketMessageType.Text, true, cancellation);

    private static async Task<PageReport?> ReceiveAsync(WebSocket socket, CancellationToken cancellation)
    {
        var (buffer, length) = (new byte[MostBytes], 0);
        while (length < buffer.Length)
        {
            var result = await socket.ReceiveAsync(buffer.AsMemory(length), cancellation);
            if (result.MessageType == WebSocketMessageType.Close) return null;
            length += result.Count;
            if (result.EndOfMessage) return JsonSerializer.Deserialize<PageReport>(buffer.AsSpan(0, length), Json);
        }
        return null;
    }

    private void MapFile(string path, string name)
    {
        using var stream = typeof(RehearsalStage).Assembly.GetManifestResourceStream("page/" + name)
            ?? throw new InvalidOperationException($"The page's {name} is not embedded in the program.");
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        new FileExtensionContentTypeProvider().TryGetContentType(name, out var type);
        _app.MapGet(path, () => Results.Bytes(content, type + "; charset=utf-8"));
    }
}
