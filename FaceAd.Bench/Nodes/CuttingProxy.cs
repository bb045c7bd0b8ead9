using System.Net.Sockets;

namespace FaceAd.Bench.Nodes;

/// <summary>
/// Cuts every connection whenever so many further bytes have come from its clients, as often as asked; or swallows everything, as where a
/// cable was pulled.
/// </summary>
sealed class CuttingProxy(Uri target) : LoopbackProxy(target)
{
    private readonly Lock _counting = new();
    private long _after, _passed; // under the lock, like what follows; 0: nothing is to be cut
    private int _cuts, _times;
    private volatile bool _swallows;

    /// <summary>How often it has cut.</summary>
    public int Cuts
    {
        get
        {
            lock (_counting) return _cuts;
        }
    }

    /// <summary>Cuts each time so many bytes have passed, until it has cut so often.</summary>
    public void CutEach(long bytes, int times)
    {
        lock (_counting) (_passed, _after, _times) = (0, bytes, times);
    }

    /// <summary>From now on nothing passes, and no connection ends.</summary>
    public void Swallow() => _swallows = true;

    /// <summary>Everything passes again, on new connections: the old ones are cut.</summary>
    public void Recover()
    {
        _swallows = false;
        lock (_counting) _after = 0;
        Reset();
    }

    protected override async Task ServeAsync(NetworkStream near, Func<Task<NetworkStream>> connect)
    {
        var far = await connect();
        await Task.WhenAny(CopyAsync(near, far, counted: true), CopyAsync(far, near, counted: false));
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to, bool counted)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReadAsync(buffer, End) is > 0 and var count)
            {
                if (_swallows) continue;
                await to.WriteAsync(buffer.AsMemory(0, count), End);
                if (counted && IsToCut(count)) Reset();
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // One side has gone.
        }
    }

    private bool IsToCut(int count)
    {
        lock (_counting)
        {
            if (_after == 0 || (_passed += count) < _after) return false;
            _passed = 0;
            if (++_cuts >= _times) _after = 0;
            return true;
        }
    }

    private void Reset()
    {
        foreach (var client in Open)
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
