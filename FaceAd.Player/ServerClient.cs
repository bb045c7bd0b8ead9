using System.Net;
using System.Net.Http.Headers;

namespace FaceAd.Player;

/// <summary>The HTTP client for the server: its address and this screen's token on every request.</summary>
internal static class ServerClient
{
    /// <summary>Name of the client.</summary>
    public const string Name = "server";

    // A server that asks for more has lost its clock, or is not ours.
    static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long a busy server (503 or 429) asks to be left alone, 5 minutes at most; null when it does not say, or did not answer like that.
    /// </summary>
    public static TimeSpan? AskedToWait(HttpResponseMessage response, TimeProvider time)
    {
        if (response.StatusCode is not (HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests)) return null;
        var asked = response.Headers.RetryAfter is { } after ? after.Delta ?? (after.Date - time.GetUtcNow()) : null;
        return asked is { } wait && wait > TimeSpan.Zero ? TimeSpan.FromTicks(Math.Min(wait.Ticks, LongestWait.Ticks)) : null;
    }

    /// <summary>Registers the client.</summary>
    public static IServiceCollection AddServerClient(this IServiceCollection services, PlayerSettings settings)
    {
        services.AddHttpClient(Name, client =>
        {
            client.BaseAddress = settings.Server;
            client.Timeout = TimeSpan.FromSeconds(20);
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", settings.Token);
        }).RemoveAllLoggers();
        return services;
    }
}
