using System.Net;
using FaceAd.Web.Hosting;
using Microsoft.AspNetCore.HttpOverrides;
using IPNetwork = System.Net.IPNetwork;

namespace FaceAd.Web.Accounts.Network;

/// <summary>
/// Believes the client address and the scheme that the proxies in <c>Proxies</c> report. Nobody else is believed: limits and the audit log
/// go by the address, and what may only come by TLS by the scheme.
/// </summary>
static class TrustedProxies
{
    /// <exception cref="StartException">The setting cannot be read, or the framework is told to believe everyone.</exception>
    public static void UseTrustedProxies(this WebApplication app)
    {
        if (bool.TryParse(app.Configuration["ForwardedHeaders_Enabled"], out var everyone) && everyone)
        {
            throw new StartException(
                "ASPNETCORE_FORWARDEDHEADERS_ENABLED would believe whoever sends X-Forwarded-For: set Proxies to the addresses of your proxies instead, such as 127.0.0.1.");
        }
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
            ForwardLimit = null, // a chain of proxies, as far as they are known
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in Read(app.Configuration["Proxies"])) options.KnownIPNetworks.Add(network);
        // Without any known one the middleware would believe everyone.
        if (options.KnownIPNetworks.Count > 0) app.UseForwardedHeaders(options);
    }

    private static IEnumerable<IPNetwork> Read(string? setting) =>
        (setting ?? "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries).Select(text =>
            IPNetwork.TryParse(text, out var network) ? network
            : IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
            : throw new StartException(
                $"Proxies: '{text}' is neither an address nor a network, such as 10.0.0.5 or 10.0.0.0/24."));
}
