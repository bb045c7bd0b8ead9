using Microsoft.AspNetCore.StaticFiles;

namespace FaceAd.Player.Playback;

/// <summary>What the player serves to its own browser and to mirrors: the page, its WebSocket and the creatives.</summary>
static class Page
{
    /// <summary>
    /// Maps the page at <c>/</c>, its WebSocket at <c>/screen</c>, and creatives at <c>/media/{sha256}.mp4</c> with range requests.
    /// </summary>
    public static WebApplication MapPage(this WebApplication app)
    {
        // A page that no longer answers pings counts as disconnected.
        app.UseWebSockets(
            new WebSocketOptions { KeepAliveInterval = TimeSpan.FromSeconds(10), KeepAliveTimeout = TimeSpan.FromSeconds(20) });
        MapFile(app, "/", "index.html");
        MapFile(app, "/page.css", "page.css");
        MapFile(app, "/page.js", "page.js");
        app.MapGet("/healthz", () => "ok");
        app.MapGet("/media/{name}", (string name, CreativeCache cache) =>
        {
            var hash = Path.GetFileNameWithoutExtension(name);
            if (!name.EndsWith(".mp4", StringComparison.Ordinal) || !CreativeCache.IsHash(hash) || !File.Exists(cache.PathOf(hash)))
                return Results.NotFound();
            return Results.File(cache.PathOf(hash), "video/mp4", enableRangeProcessing: true);
        });
        app.Map("/screen", async (HttpContext context, PageSockets pages, IHostApplicationLifetime lifetime) =>
        {
            if (!context.WebSockets.IsWebSocketRequest || !SameOrigin(context.Request))
            {
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
                return;
            }
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            using var end = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping, context.RequestAborted);
            await pages.ServeAsync(socket, end.Token);
        });
        return app;
    }

    // A foreign website open in a browser on this network must not read the screen.
    static bool SameOrigin(HttpRequest request) =>
        !Uri.TryCreate(request.Headers.Origin.ToString(), UriKind.Absolute, out var origin) || origin.Authority == request.Host.Value;

    static void MapFile(WebApplication app, string path, string name)
    {
        using var stream = typeof(Page).Assembly.GetManifestResourceStream("page/" + name)
            ?? throw new InvalidOperationException($"The page's {name} is not embedded in the program.");
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        new FileExtensionContentTypeProvider().TryGetContentType(name, out var type);
        app.MapGet(path, (HttpContext context) =>
        {
            context.Response.Headers.CacheControl = "no-cache";
            context.Response.Headers.ContentSecurityPolicy = "default-src 'self'; connect-src 'self' ws: wss:; frame-ancestors 'none'";
            context.Response.Headers["Referrer-Policy"] = "no-referrer";
            return Results.Bytes(content, type + "; charset=utf-8");
        });
    }
}
