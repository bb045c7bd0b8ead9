using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using FaceAd.Player.Playback;
using FaceAd.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAd.Tests.Player.Playback;

public sealed class PageSocketsTests
{
    [Fact]
    public async Task Hello_TheNextPageComesBeforeTheFormerIsFoundLost_OnlyTheNextCountsFromThenOn()
    {
        var token = new RenderToken();
        var pages = new PageSockets(token, TimeProvider.System, NullLogger<PageSockets>.Instance);
        var kinds = new ConcurrentQueue<PageEventKind>();
        pages.Happened += e => kinds.Enqueue(e.Kind);
        var served = new ConcurrentQueue<Task>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.UseWebSockets();
        app.Map("/screen", async (HttpContext http) =>
        {
            using var socket = await http.WebSockets.AcceptWebSocketAsync();
            served.Enqueue(pages.ServeAsync(socket, http.RequestAborted));
            await served.Last();
        });
        await app.StartAsync();
        var address = new UriBuilder(app.Urls.First()) { Scheme = "ws", Path = "/screen" }.Uri;

        using var former = await OpenAsync(address, token.Issue());
        await Wait.UntilAsync(() => kinds.Count == 1, "the first page renders");
        using var next = await OpenAsync(address, token.Issue());
        await Wait.UntilAsync(() => kinds.Count == 3, "the next page renders");
        await SendAsync(former, new { type = "started", run = 1 });
        former.Abort();
        await Wait.UntilAsync(() => served.First().IsCompleted, "the former page is found lost");
        await SendAsync(next, new { type = "ended", run = 1 });
        await Wait.UntilAsync(() => kinds.Count == 4, "the next page tells");
        Assert.Equal([PageEventKind.Connected, PageEventKind.Lost, PageEventKind.Connected, PageEventKind.Ended], kinds);
        Assert.Null(pages.Problem);
        next.Abort();
    }

    static async Task<ClientWebSocket> OpenAsync(Uri address, string token)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(address, default);
        await SendAsync(socket, new { type = "hello", token });
        return socket;
    }

    static Task SendAsync(ClientWebSocket socket, object message) => socket.SendAsync(
        Encoding.UTF8.GetBytes(JsonSerializer.Serialize(message)), WebSocketMessageType.Text, endOfMessage: true, default);
}
