using System.Net;
using System.Net.Sockets;

namespace FaceAd.Web.Hosting;

/// <summary>Tries the addresses that the app is to listen on: by itself the server would report a taken port with a stack trace.</summary>
static class ListenAddresses
{
    /// <summary>Makes sure that every address can be listened on.</summary>
    /// <param name="urls">The addresses, separated by semicolons; null when none is set.</param>
    /// <exception cref="StartException">One cannot be listened on.</exception>
    public static void Demand(string? urls)
    {
        foreach (var url in (urls ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            try
            {
                var address = BindingAddress.Parse(url);
                if (address.IsUnixPipe || address.IsNamedPipe) continue;
                using var listener = new TcpListener(IpOf(address.Host), address.Port);
                listener.Start();
            }
            catch (Exception exception) when (exception is FormatException or SocketException or ArgumentOutOfRangeException)
            {
                throw new StartException($"Urls: {url} cannot be listened on ({exception.Message}).");
            }
        }
    }

    // Like the server: any name but localhost stands for all addresses of this machine.
    private static IPAddress IpOf(string host) =>
        host == "localhost" ? IPAddress.Loopback : IPAddress.TryParse(host, out var ip) ? ip : IPAddress.Any;
}
