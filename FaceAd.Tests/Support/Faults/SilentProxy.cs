using System.Net.Sockets;
using System.Text;
using FaceAd.Bench.Nodes;

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
/// Stands before a server that hangs for a while: connections are accepted, answered in part or not at all, and left open.
/// </summary>
/// <param name="target">Where everything goes.</param>
public sealed class SilentProxy(Uri target) : LoopbackProxy(target)
{
    private static readonly Func<string, Answered> Everything = _ => Answered.Everything;
    private volatile Func<string, Answered> _answered = Everything;
    private int _silent;

    /// <summary>How many connections have fallen silent.</summary>
    public int Silent => Volatile.Read(ref _silent);

    /// <summary>Cuts all connections. New ones are silent, those that are silent by now for ever.</summary>
    /// <param name="answered">What passes of the answer to a connection's first request, by its head.</param>
    public void FallSilent(Func<string, Answered> answered)
    {
        _answered = answered;
        foreach (var client in Open) client.Dispose();
    }

    /// <summary>From now on everything passes on new connections.</summary>
    public void Recover() => _answered = Everything;

    /// <inheritdoc/>
    protected override async Task ServeAsync(NetworkStream near, Func<Task<NetworkStream>> connect)
    {
        var buffer = new byte[16 * 1024];
        var count = await near.ReadAsync(buffer, End); // the head of a request comes in one piece
        if (count == 0) return;
        var answered = _answered(Encoding.Latin1.GetString(buffer, 0, count));
        var far = await connect();
        await far.WriteAsync(buffer.AsMemory(0, count), End);
        if (answered == Answered.Everything)
        {
            await Task.WhenAny(near.CopyToAsync(far, End), far.CopyToAsync(near, End));
            return;
        }
        var sending = near.CopyToAsync(far, End);
        if (answered != Answered.Nothing) await near.WriteAsync(await StartOfAnswerAsync(far, answered), End);
        Interlocked.Increment(ref _silent);
        await sending;
        await Task.Delay(Timeout.Infinite, End); // though the client has gone, the server does not notice
    }

    private async Task<byte[]> StartOfAnswerAsync(NetworkStream from, Answered answered)
    {
        var buffer = new byte[16 * 1024];
        var answer = "";
        while (true)
        {
            var count = await from.ReadAsync(buffer, End);
            if (count == 0) throw new IOException("The server ended the connection.");
            answer += Encoding.Latin1.GetString(buffer, 0, count);
            var end = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end < 0) continue;
            var length = end + 4 + (answered == Answered.HeadAndAByte ? 1 : 0);
            if (answer.Length >= length) return Encoding.Latin1.GetBytes(answer[..length]);
        }
    }
}
