using System.Net.Sockets;
using FaceAd.Bench.Nodes;

namespace FaceAd.Tests.Support.Faults;

/// <summary>Stands before a server that is gone for a while: whoever connects is turned away.</summary>
/// <param name="target">Where everything goes.</param>
public sealed class ClosedProxy(Uri target) : LoopbackProxy(target)
{
    private volatile bool _isClosed;
    private int _turnedAway;

    /// <summary>How many were turned away.</summary>
    public int TurnedAway => Volatile.Read(ref _turnedAway);

    /// <summary>Ends all connections, and each new one at once.</summary>
    public void Close()
    {
        _isClosed = true;
        foreach (var client in Open) client.Dispose();
    }

    /// <summary>From now on everything passes on new connections.</summary>
    public void Reopen() => _isClosed = false;

    /// <inheritdoc/>
    protected override async Task ServeAsync(NetworkStream near, Func<Task<NetworkStream>> connect)
    {
        if (_isClosed)
        {
            Interlocked.Increment(ref _turnedAway);
            return;
        }
        var far = await connect();
        await Task.WhenAny(near.CopyToAsync(far, End), far.CopyToAsync(near, End));
    }
}
