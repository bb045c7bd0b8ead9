using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace FaceAd.Web.Hosting;

/// <summary>Ports for programs that cannot choose one themselves.</summary>
static class LoopbackPort
{
    // Below those that Linux gives to outgoing connections: one of these may be taken before its program listens.
    private const int First = 10_000, End = 32_768;

    /// <summary>A port of 127.0.0.1 that nobody listens on.</summary>
    /// <exception cref="InvalidOperationException">There is none, or only few.</exception>
    public static int Free()
    {
        for (var tries = 0; tries < 1000; tries++)
        {
            var port = RandomNumberGenerator.GetInt32(First, End);
            using var probe = new TcpListener(IPAddress.Loopback, port);
            try
            {
                probe.Start();
                return port;
            }
            catch (SocketException)
            {
                // Another one has it.
            }
        }
        throw new InvalidOperationException("No free port was found on 127.0.0.1.");
    }
}
