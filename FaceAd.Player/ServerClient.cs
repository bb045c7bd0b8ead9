using System.Net;
using System.Net.Http.Headers;
using FaceAd.Core;

namespace FaceAd.Player;

/// <summary>The HTTP client for the server, with its address and this screen's token on every request.</summary>
static class ServerClient
{
    public const string Name = "server";

    // Name, TCP and TLS.
    static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10);

    // The whole exchange; of a download, which has limits of its own, up to the headers.
    static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(20);

    // A longer Retry-After means a wrong clock, or not our server.
    static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The Retry-After of a busy server (503 or 429), capped at 5 minutes; null for other replies, or when it is absent or not positive.
    /// </summary>
    public static TimeSpan? AskedToWait(HttpResponseMessage response, TimeProvider time)
    {
        if (response.StatusCode is not (HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests)) return null;
        var asked = response.Headers.RetryAfter is { } after ? after.Delta ?? (after.Date - time.GetUtcNow()) : null;
        return asked is { } wait && wait > TimeSpan.Zero ? TimeSpan.FromTicks(Math.Min(wait.Ticks, LongestWait.Ticks)) : null;
    }

    public static IServiceCollection AddServerClient(this IServiceCollection services, PlayerSettings settings)
    {
        services.AddHttpClient(Name, client =>
        {
            client.BaseAddress = settings.Server;
            client.Timeout = AnswerLimit;
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", settings.Token);
            client.DefaultRequestHeaders.Add(Routes.PlayerHeader, settings.Instance.ToString());
        }).ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { ConnectTimeout = ConnectLimit }).RemoveAllLoggers();
        return services;
    }
}
