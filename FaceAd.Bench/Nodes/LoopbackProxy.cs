using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace FaceAd.Bench.Nodes;

/// <summary>A TCP proxy on loopback that treats connections badly; how is up to what derives from it.</summary>
public abstract class LoopbackProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<TcpClient, bool> _open = new();
    private readonly Uri _target;
    private readonly Task _work;

    /// <summary>Starts it.</summary>
    /// <param name="target">Where everything goes.</param>
    protected LoopbackProxy(Uri target)
    {
        _target = target;
        End = _end.Token;
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _work = AcceptAsync();
    }

    /// <summary>Address of the proxy.</summary>
    public Uri Address { get; }

    /// <summary>Cancelled when the proxy ends.</summary>
    protected CancellationToken End { get; }

    /// <summary>Connections that are open, on both sides.</summary>
    protected ICollection<TcpClient> Open => _open.Keys;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _work;
        foreach (var client in _open.Keys) client.Dispose();
        _end.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Serves one connection until it returns or one side has gone.</summary>
    /// <param name="near">The client's side.</param>
    /// <param name="connect">Opens the target's side.</param>
    protected abstract Task ServeAsync(NetworkStream near, Func<Task<NetworkStream>> connect);

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync(End));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // It ends.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var server = new TcpClient();
        try
        {
            _open[client] = true;
            await ServeAsync(client.GetStream(), async () =>
            {
                await server.ConnectAsync(_target.Host, _target.Port, End);
                _open[server] = true;
                return server.GetStream();
            });
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One side has gone, or it ends.
        }
        finally
        {
            _open.TryRemove(client, out _);
            _open.TryRemove(server, out _);
            client.Dispose();
        }
    }
}
