using System.Net.WebSockets;
using System.Text.Json;
using System.Threading.Channels;

namespace FaceAd.Player.Playback;

/// <summary>
/// The connections of the pages. The one that spent the render token renders: it alone is listened to. All others are
/// mirrors: they are shown the same and have no say.
/// </summary>
internal sealed class PageSockets(RenderToken token, TimeProvider time, ILogger<PageSockets> log)
{
    const int MaxMirrors = 16;
    const int MaxMessageBytes = 4096;

    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    readonly Lock _lock = new();
    readonly List<Channel<byte[]>> _sockets = [];
    byte[] _notice = Serialize(new { type = "notice", screen = "", text = (string?)null });
    Run? _shown;
    (Run Run, TimeSpan MediaTime, DateTimeOffset At)? _position;
    volatile string? _problem = "No page renders yet.";

    /// <summary>Something happened on the page that renders.</summary>
    public event Action<PageEvent>? Happened;

    /// <summary>Why no page renders; null while one does.</summary>
    public string? Problem { get => _problem; set => _problem = value; }

    /// <summary>Sets the screen's name and the notice; null hides the notice.</summary>
    public void SetNotice(string screen, string? text)
    {
        lock (_lock)
        {
            _notice = Serialize(new { type = "notice", screen, text });
            SendAll(_notice);
        }
    }

    /// <summary>Shows a run on every page.</summary>
    public void Show(Run run)
    {
        lock (_lock)
        {
            _shown = run;
            SendAll(ShowMessage(run, 0));
        }
    }

    /// <summary>Shows the standby picture on every page.</summary>
    public void ShowStandby()
    {
        lock (_lock)
        {
            _shown = null;
            SendAll(StandbyMessage());
        }
    }

    /// <summary>How far the run on the screen is, for mirrors that come late.</summary>
    public void SetPosition((Run Run, TimeSpan MediaTime, DateTimeOffset At)? position)
    {
        lock (_lock) _position = position;
    }

    /// <summary>Serves one page until it goes or the player stops.</summary>
    public async Task ServeAsync(WebSocket socket, CancellationToken stopping)
    {
        var outgoing = Channel.CreateBounded<byte[]>(64);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var renders = false;
        try
        {
            var hello = await ReceiveAsync(socket, end.Token);
            if (hello is not { Type: "hello" }) return;
            renders = token.TrySpend(hello.Token);
            if (!Join(outgoing, renders)) return;
            log.LogInformation("A page has come: {Role}.", renders ? "it renders" : "a mirror");
            if (renders)
            {
                _problem = null;
                Happened?.Invoke(new PageEvent(PageEventKind.Connected));
            }
            var sending = SendLoopAsync(socket, outgoing.Reader, end);
            while (await ReceiveAsync(socket, end.Token) is { } message)
            {
                if (renders) Tell(message);
            }
            await end.CancelAsync();
            await sending;
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or JsonException)
        {
            log.LogDebug("A page's connection ended: {Reason}", e.Message);
        }
        finally
        {
            lock (_lock) _sockets.Remove(outgoing);
            if (renders)
            {
                _problem = "The page that rendered has gone.";
                log.LogInformation("The page that rendered has gone.");
                Happened?.Invoke(new PageEvent(PageEventKind.Lost));
            }
        }
    }

    bool Join(Channel<byte[]> outgoing, bool renders)
    {
        lock (_lock)
        {
            if (!renders && _sockets.Count > MaxMirrors) return false;
            outgoing.Writer.TryWrite(Serialize(new { type = "welcome", renders }));
            outgoing.Writer.TryWrite(_notice);
            // The page that renders is told what to show by the playback machine, which hears of it next.
            if (!renders)
            {
                var offset = _position is { } position && position.Run == _shown
                    ? (position.MediaTime + (time.GetUtcNow() - position.At)).TotalSeconds : 0;
                outgoing.Writer.TryWrite(_shown is { } run ? ShowMessage(run, offset) : StandbyMessage());
            }
            _sockets.Add(outgoing);
            return true;
        }
    }

    void Tell(PageMessage message)
    {
        PageEventKind? kind = message.Type switch
        {
            "started" => PageEventKind.Started,
            "progress" => PageEventKind.Progress,
            "ended" => PageEventKind.Ended,
            "failed" => PageEventKind.Failed,
            _ => null,
        };
        if (kind is null) return;
        var at = time.GetUtcNow() - TimeSpan.FromMilliseconds(Math.Clamp(message.Age, 0, 10_000));
        TimeSpan? length = message.Length is > 0 and < 86_400 ? TimeSpan.FromSeconds(message.Length.Value) : null;
        Happened?.Invoke(new PageEvent(
            kind.Value, message.Run, at, TimeSpan.FromSeconds(Math.Clamp(message.MediaTime, 0, 86_400)), message.Frames, length,
            message.Reason is { Length: > 200 } reason ? reason[..200] : message.Reason));
    }

    static async Task SendLoopAsync(WebSocket socket, ChannelReader<byte[]> outgoing, CancellationTokenSource end)
    {
        try
        {
            await foreach (var message in outgoing.ReadAllAsync(end.Token))
                await socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, end.Token);
            // Completed by SendAll, because this page reads too slowly: end the connection, it will come again.
            await end.CancelAsync();
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            // The receiving side says that the page has gone.
        }
    }

    /// <summary>The next message; null when the page has closed, or sent something too long.</summary>
    static async Task<PageMessage?> ReceiveAsync(WebSocket socket, CancellationToken cancellation)
    {
        var buffer = new byte[MaxMessageBytes];
        var length = 0;
        while (length < buffer.Length)
        {
            var result = await socket.ReceiveAsync(buffer.AsMemory(length), cancellation);
            if (result.MessageType == WebSocketMessageType.Close) return null;
            length += result.Count;
            if (result.EndOfMessage) return JsonSerializer.Deserialize<PageMessage>(buffer.AsSpan(0, length), Json);
        }
        return null;
    }

    void SendAll(byte[] message)
    {
        foreach (var socket in _sockets)
        {
            if (!socket.Writer.TryWrite(message)) socket.Writer.TryComplete();
        }
    }

    static byte[] ShowMessage(Run run, double offset) => Serialize(new { type = "show", run = run.Id, url = $"/media/{run.File.Sha256}.mp4", offset });

    static byte[] StandbyMessage() => Serialize(new { type = "standby" });

    static byte[] Serialize<T>(T message) => JsonSerializer.SerializeToUtf8Bytes(message, Json);
}
