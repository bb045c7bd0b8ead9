using System.Net.Http.Headers;

namespace FaceAd.Player;

/// <summary>The HTTP client for the server: its address and this screen's token on every request.</summary>
internal static class ServerClient
{
    /// <summary>Name of the client.</summary>
    public const string Name = "server";

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
