using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FaceAd.Tests.Support.Network;

/// <summary>A mail server that speaks as much of RFC 5321 as a client needs, and keeps what it is given.</summary>
internal sealed class SmtpListener : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<string, TaskCompletionSource<(List<string>, string)>> _mails = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _refused = new();
    private readonly string[] _extensions;

    /// <param name="extensions">What it says that it can.</param>
    public SmtpListener(params string[] extensions)
    {
        _extensions = extensions;
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Receivers that it refuses once, for now.</summary>
    public ConcurrentBag<string> RefuseOnce { get; } = [];

    /// <summary>Receivers that it does not know.</summary>
    public ConcurrentBag<string> Unknown { get; } = [];

    /// <summary>What it waits for before it says that it has taken a mail; null to say so at once.</summary>
    public Task? Hold { get; set; }

    /// <summary>Everything that it was told, but for the mails.</summary>
    public ConcurrentQueue<string> Commands { get; } = [];

    public Task<(List<string> Recipients, string Text)> NextAsync(string to) => Of(to).Task.WaitAsync(Wait.Limit);

    /// <summary>Forgets a receiver's mail: the next one is awaited.</summary>
    public void Forget(string to) => _mails.TryRemove(to, out _);

    public Task RefusedAsync(string to) => Refusal(to).Task.WaitAsync(Wait.Limit);

    public void Dispose() => _listener.Dispose();

    private TaskCompletionSource<(List<string>, string)> Of(string to) =>
        _mails.GetOrAdd(to, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

    private TaskCompletionSource Refusal(string to) => _refused.GetOrAdd(to, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = TalkAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        using var _ = client;
        using var reader = new StreamReader(client.GetStream(), new UTF8Encoding(false));
        await using var writer = new StreamWriter(client.GetStream(), new UTF8Encoding(false)) { NewLine = "\r\n", AutoFlush = true };
        await writer.WriteLineAsync("220 test");
        List<string> recipients = [];
        while (await reader.ReadLineAsync() is { } line)
        {
            Commands.Enqueue(line);
            if (line.StartsWith("EHLO", StringComparison.OrdinalIgnoreCase))
            {
                foreach (var extension in _extensions) await writer.WriteLineAsync($"250-{extension}");
                await writer.WriteLineAsync("250 test");
            }
            else if (line.StartsWith("RCPT TO:", StringComparison.OrdinalIgnoreCase))
            {
                var to = line[(line.IndexOf('<', StringComparison.Ordinal) + 1)..line.IndexOf('>', StringComparison.Ordinal)];
                var isUnknown = Unknown.Contains(to);
                if (isUnknown || RefuseOnce.Contains(to) && !Refusal(to).Task.IsCompleted)
                {
                    await writer.WriteLineAsync(isUnknown ? $"550 nobody called {to}" : $"451 not now, {to}");
                    Refusal(to).TrySetResult();
                    continue;
                }
                recipients.Add(to);
                await writer.WriteLineAsync("250 ok");
            }
            else if (line.Equals("DATA", StringComparison.OrdinalIgnoreCase))
            {
                await writer.WriteLineAsync("354 go on");
                var text = new StringBuilder();
                while (await reader.ReadLineAsync() is { } part && part != ".")
                    text.Append(part.StartsWith("..", StringComparison.Ordinal) ? part[1..] : part).Append("\r\n");
                foreach (var to in recipients) Of(to).TrySetResult(([.. recipients], text.ToString()));
                if (Hold is { } hold) await hold;
                await writer.WriteLineAsync("250 taken");
                recipients.Clear();
            }
            else if (line.Equals("QUIT", StringComparison.OrdinalIgnoreCase))
            {
                await writer.WriteLineAsync("221 bye");
                return;
            }
            else await writer.WriteLineAsync("250 ok");
        }
    }
}
