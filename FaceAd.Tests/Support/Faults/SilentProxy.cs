using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FaceAd.Tests.Support.Faults;

/// <summary>What still passes of the answer on a connection.</summary>
public enum Answered
{
    Nothing,
    Head,
    HeadAndAByte,
    Everything,
}

/// <summary>
/// A TCP proxy on loopback before a server that hangs for a while: connections are accepted, answered in part or not at all, and left open.
/// </summary>
public sealed class SilentProxy : IAsyncDisposable
{
    private static readonly Func<string, Answered> Everything = _ => Answered.Everything;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<TcpClient, bool> _clients = new();
    private readonly Uri _target;
    private readonly Task _work;
    private volatile Func<string, Answered> _answered = Everything;
    private int _silent;

    /// <summary>Starts it; everything passes.</summary>
    /// <param name="target">Where everything goes.</param>
    public SilentProxy(Uri target)
    {
        _target = target;
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _work = AcceptAsync();
    }

    /// <summary>Address of the proxy.</summary>
    public Uri Address { get; }

    /// <summary>How many connections have fallen silent.</summary>
    public int Silent => Volatile.Read(ref _silent);

    /// <summary>Cuts all connections. New ones are silent, those that are silent by now for ever.</summary>
    /// <param name="answered">What passes of the answer to a connection's first request, by its head.</param>
    public void FallSilent(Func<string, Answered> answered)
    {
        _answered = answered;
        foreach (var client in _clients.Keys) client.Dispose();
    }

    /// <summary>From now on everything passes on new connections.</summary>
    public void Recover() => _answered = Everything;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _work;
        foreach (var client in _clients.Keys) client.Dispose();
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
            _clients[client] = true;
            var near = client.GetStream();
            var buffer = new byte[16 * 1024];
            var count = await near.ReadAsync(buffer, _end.Token); // the head of a request comes in one piece
            if (count == 0) return;
            var answered = _answered(Encoding.Latin1.GetString(buffer, 0, count));
            await server.ConnectAsync(_target.Host, _target.Port, _end.Token);
            var far = server.GetStream();
            await far.WriteAsync(buffer.AsMemory(0, count), _end.Token);
            if (answered == Answered.Everything)
            {
                await Task.WhenAny(near.CopyToAsync(far, _end.Token), far.CopyToAsync(near, _end.Token));
                return;
            }
            var sending = near.CopyToAsync(far, _end.Token);
            if (answered != Answered.Nothing) await near.WriteAsync(await StartOfAnswerAsync(far, answered), _end.Token);
            Interlocked.Increment(ref _silent);
            await sending;
            await Task.Delay(Timeout.Infinite, _end.Token); // though the client has gone, the server does not notice
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One side has gone, or it ends.
        }
        finally
        {
            _clients.TryRemove(client, out _);
            client.Dispose();
        }
    }

    private async Task<byte[]> StartOfAnswerAsync(NetworkStream from, Answered answered)
    {
        var buffer = new byte[16 * 1024];
        var answer = "";
        while (true)
        {
            var count = await from.ReadAsync(buffer, _end.Token);
            if (count == 0) throw new IOException("The server ended the connection.");
            answer += Encoding.Latin1.GetString(buffer, 0, count);
            var end = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end < 0) continue;
            var length = end + 4 + (answered == Answered.HeadAndAByte ? 1 : 0);
            if (answer.Length >= length) return Encoding.Latin1.GetBytes(answer[..length]);
        }
    }
}
