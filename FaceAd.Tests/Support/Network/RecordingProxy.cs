using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace FaceAd.Tests.Support.Network;

/// <summary>A TCP proxy on plaintext loopback that keeps every byte its clients send.</summary>
public sealed class RecordingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<Recording> _recordings = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Uri _target;
    private readonly Task _work;

    /// <summary>Starts it.</summary>
    /// <param name="target">Where everything goes.</param>
    public RecordingProxy(Uri target)
    {
        _target = target;
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _work = AcceptAsync();
    }

    /// <summary>Address of the proxy.</summary>
    public Uri Address { get; }

    /// <summary>Every message that clients sent so far.</summary>
    public IReadOnlyList<SentMessage> Sent() => [.. _recordings.SelectMany(r => SentMessage.Parse(r.Bytes()))];

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _work;
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
        using (client)
        using (var server = new TcpClient())
        {
            await server.ConnectAsync(_target.Host, _target.Port);
            var recording = new Recording();
            _recordings.Enqueue(recording);
            var (near, far) = (client.GetStream(), server.GetStream());
            await Task.WhenAny(CopyAsync(near, far, recording), CopyAsync(far, near, null));
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to, Recording? recording)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReadAsync(buffer, _end.Token) is > 0 and var count)
            {
                recording?.Add(buffer.AsSpan(0, count)); // before it is passed on: what the server knows has been recorded
                await to.WriteAsync(buffer.AsMemory(0, count), _end.Token);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // One side has gone.
        }
    }

    private sealed class Recording
    {
        private readonly MemoryStream _bytes = new();

        public void Add(ReadOnlySpan<byte> bytes)
        {
            lock (_bytes) _bytes.Write(bytes);
        }

        public byte[] Bytes()
        {
            lock (_bytes) return _bytes.ToArray();
        }
    }
}
