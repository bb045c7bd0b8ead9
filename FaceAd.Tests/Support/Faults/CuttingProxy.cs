using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace FaceAd.Tests.Support.Faults;

/// <summary>
/// A TCP proxy on loopback that cuts every connection whenever so many further bytes have come from its clients, as often as asked.
/// </summary>
public sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<TcpClient, bool> _open = new();
    private readonly Uri _target;
    private readonly Task _work;
    private long _after, _passed;
    private int _cuts;

    /// <summary>Starts it.</summary>
    /// <param name="target">Where everything goes.</param>
    public CuttingProxy(Uri target)
    {
        _target = target;
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _work = AcceptAsync();
    }

    /// <summary>Address of the proxy.</summary>
    public Uri Address { get; }

    /// <summary>How often it has cut.</summary>
    public int Cuts => Volatile.Read(ref _cuts);

    /// <summary>Cuts each time so many bytes have passed, until it has cut so often.</summary>
    public void CutEach(long bytes, int times)
    {
        Volatile.Write(ref _passed, 0);
        Volatile.Write(ref _after, bytes);
        Times = times;
    }

    private int Times { get; set; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _work;
        foreach (var client in _open.Keys) client.Dispose();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token));
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
            await server.ConnectAsync(_target.Host, _target.Port);
            (_open[client], _open[server]) = (true, true);
            await Task.WhenAny(CopyAsync(client.GetStream(), server.GetStream(), counted: true),
                CopyAsync(server.GetStream(), client.GetStream(), counted: false));
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            // Cut.
        }
        finally
        {
            _open.TryRemove(client, out _);
            _open.TryRemove(server, out _);
            client.Dispose();
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to, bool counted)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReadAsync(buffer, _end.Token) is > 0 and var count)
            {
                await to.WriteAsync(buffer.AsMemory(0, count), _end.Token);
                if (counted && Volatile.Read(ref _after) is > 0 and var after && Interlocked.Add(ref _passed, count) >= after) Cut();
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // One side has gone.
        }
    }

    private void Cut()
    {
        Volatile.Write(ref _passed, 0);
        if (Interlocked.Increment(ref _cuts) >= Times) Volatile.Write(ref _after, 0);
        foreach (var client in _open.Keys)
        {
            try
            {
                client.Client.LingerState = new LingerOption(true, 0); // reset, not an orderly end
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or NullReferenceException)
            {
                // It has just ended.
            }
            client.Dispose();
        }
    }
}
