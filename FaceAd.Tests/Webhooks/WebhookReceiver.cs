using System.Text.Json;
using FaceAd.Web.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FaceAd.Tests.Webhooks;

/// <summary>A web server that takes events.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private WebhookReceiver(WebApplication app) => _app = app;

    public List<(string Path, string Type, string Body, string Signature)> Got { get; } = [];

    /// <summary>The paths that were asked so far, answered or not.</summary>
    public IReadOnlyList<string> Paths
    {
        get
        {
            lock (Got) return [.. Got.Select(g => g.Path)];
        }
    }

    public int Answer { get; set; } = StatusCodes.Status204NoContent;

    public Action? Before { get; set; }

    /// <summary>No answer is given before it has ended.</summary>
    public Task Hold { get; set; } = Task.CompletedTask;

    public string Url(string path) => _app.Urls.First() + "/" + path;

    public static async Task<WebhookReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new WebhookReceiver(builder.Build());
        receiver._app.MapPost("/{path}", async (string path, HttpContext http) =>
        {
            receiver.Before?.Invoke();
            using var reader = new StreamReader(http.Request.Body);
            var body = await reader.ReadToEndAsync();
            lock (receiver.Got)
                receiver.Got.Add(
                    (path, JsonDocument.Parse(body).RootElement.GetProperty("type")
                        .GetString()!, body, http.Request.Headers[WebhookSender.SignatureHeader].ToString()));
            await receiver.Hold;
            return Results.StatusCode(receiver.Answer);
        });
        await receiver._app.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
