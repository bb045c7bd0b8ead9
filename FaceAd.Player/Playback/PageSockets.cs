using System.Net.WebSockets;
using System.Text.Json;
using System.Threading.Channels;

namespace FaceAd.Player.Playback;

/// <summary>
/// The pages' WebSocket connections. The page that spent the render token is the renderer; only its messages count. All others
/// are mirrors: they show the same but cannot report.
/// </summary>
sealed class PageSockets(RenderToken token, TimeProvider time, ILogger<PageSockets> log)
{
    const int MaxMirrors = 16;
    const int MaxMessageBytes = 4096;

    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    readonly Lock _lock = new();
    readonly List<Channel<byte[]>> _sockets = [];
    byte[] _notice = Serialize(new { type = "notice", screen = "", text = (string?)null });
    Channel<byte[]>? _renderer; // the page whose messages count
    Run? _shown;
    (Run Run, TimeSpan MediaTime, DateTimeOffset At)? _position;
    volatile string? _problem = "No page renders yet.";

    /// <summary>Raised for each event from the rendering page.</summary>
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

    /// <summary>Gives up a run that has not begun; another one is shown still.</summary>
    public void Withdraw(Run run, Run shown)
    {
        lock (_lock)
        {
            _shown = shown;
            SendAll(Serialize(new { type = "withdraw", run = run.Id }));
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

    /// <summary>Sets the position of the run on screen, for mirrors that connect later.</summary>
    public void SetPosition((Run Run, TimeSpan MediaTime, DateTimeOffset At)? position)
    {
        lock (_lock) _position = position;
    }

    /// <summary>Serves one page until it disconnects or the player stops.</summary>
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
            log.LogInformation("A page connected as {Role}.", renders ? "renderer" : "mirror");
            if (renders)
            {
                if (Interlocked.Exchange(ref _renderer, outgoing) is not null) Lost();
                _problem = null;
                Happened?.Invoke(new PageEvent(PageEventKind.Connected, At: time.GetUtcNow()));
            }
            var sending = SendLoopAsync(socket, outgoing.Reader, end);
            while (await ReceiveAsync(socket, end.Token) is { } message)
            {
                if (Volatile.Read(ref _renderer) == outgoing) Tell(message);
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
            if (Interlocked.CompareExchange(ref _renderer, null, outgoing) == outgoing) Lost();
        }
    }

    void Lost()
    {
        _problem = "The rendering page has disconnected.";
        log.LogInformation("The rendering page has disconnected.");
        Happened?.Invoke(new PageEvent(PageEventKind.Lost, At: time.GetUtcNow()));
    }

    bool Join(Channel<byte[]> outgoing, bool renders)
    {
        lock (_lock)
        {
            if (!renders && _sockets.Count > MaxMirrors) return false;
            outgoing.Writer.TryWrite(Serialize(new { type = "welcome", renders }));
            outgoing.Writer.TryWrite(_notice);
            // The renderer gets its run from the playback machine, which is notified next.
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
            // SendAll completed the channel because this page reads too slowly. Close the connection; it will reconnect.
            await end.CancelAsync();
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            // The receive loop reports the disconnect.
        }
    }

    /// <summary>Receives the next message; null when the page closed the socket or sent too long a message.</summary>
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

    static byte[] ShowMessage(Run run, double offset) =>
        Serialize(new { type = "show", run = run.Id, url = $"/media/{run.File.Sha256}.mp4", offset });

    static byte[] StandbyMessage() => Serialize(new { type = "standby" });

    static byte[] Serialize<T>(T message) => JsonSerializer.SerializeToUtf8Bytes(message, Json);
}
