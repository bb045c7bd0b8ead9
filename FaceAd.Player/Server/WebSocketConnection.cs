using System.IO.Pipelines;
using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace FaceAd.Player.Server;

/// <summary>The server said no. 401 and 403 mean that it does not know this screen's token.</summary>
internal sealed class ServerRefusedException(HttpStatusCode status, Exception inner)
    : Exception($"The server answered {(int)status}.", inner)
{
    /// <summary>What it answered.</summary>
    public HttpStatusCode Status => status;

    /// <summary>Whether the token is the reason.</summary>
    public bool TokenIsRefused => status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden;
}

/// <summary>Opens the SignalR client's connection: WebSockets at once, without negotiation, with the token in the header.</summary>
internal sealed class WebSocketConnectionFactory(string token) : IConnectionFactory
{
    public async ValueTask<ConnectionContext> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var address = ((UriEndPoint)endpoint).Uri;
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.CollectHttpResponseDetails = true;
            socket.Options.SetRequestHeader("Authorization", "Bearer " + token);
            await socket.ConnectAsync(address, cancellationToken);
            return new WebSocketConnection(socket);
        }
        catch (WebSocketException e) when (socket.HttpStatusCode != 0)
        {
            var status = socket.HttpStatusCode;
            socket.Dispose();
            throw new ServerRefusedException(status, e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>A WebSocket as the pair of pipes that the SignalR client works on.</summary>
internal sealed class WebSocketConnection : ConnectionContext
{
    static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(1);

    readonly ClientWebSocket _socket;
    readonly Pipe _incoming = new();
    readonly Pipe _outgoing = new();
    readonly CancellationTokenSource _end = new();
    readonly Task _work;

    public WebSocketConnection(ClientWebSocket socket)
    {
        _socket = socket;
        Transport = new Duplex(_incoming.Reader, _outgoing.Writer);
        _work = Task.WhenAll(ReceiveAsync(), SendAsync());
    }

    public override string ConnectionId { get; set; } = Guid.NewGuid().ToString("N");

    public override IFeatureCollection Features { get; } = new FeatureCollection();

    public override IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

    public override IDuplexPipe Transport { get; set; }

    public override void Abort(ConnectionAbortedException abortReason) => _end.Cancel();

    public override async ValueTask DisposeAsync()
    {
        // The client has completed its side of the pipes. A server that does not answer the closing must not hold us up.
        await _outgoing.Writer.CompleteAsync();
        _end.CancelAfter(CloseLimit);
        await _work;
        _socket.Dispose();
        _end.Dispose();
        await base.DisposeAsync();
    }

    async Task ReceiveAsync()
    {
        Exception? error = null;
        try
        {
            while (true)
            {
                var result = await _socket.ReceiveAsync(_incoming.Writer.GetMemory(4096), _end.Token);
                if (result.MessageType == WebSocketMessageType.Close) break;
                _incoming.Writer.Advance(result.Count);
                if ((await _incoming.Writer.FlushAsync(_end.Token)).IsCompleted) break;
            }
        }
        catch (OperationCanceledException)
        {
            // We close.
        }
        catch (Exception e) // handed to the reader of the pipe
        {
            error = e;
        }
        await _incoming.Writer.CompleteAsync(error);
        _outgoing.Reader.CancelPendingRead();
    }

    async Task SendAsync()
    {
        Exception? error = null;
        try
        {
            while (true)
            {
                var result = await _outgoing.Reader.ReadAsync(_end.Token);
                if (result.IsCanceled) break;
                foreach (var part in result.Buffer)
                {
                    if (!part.IsEmpty) await _socket.SendAsync(part, WebSocketMessageType.Text, endOfMessage: true, _end.Token);
                }
                _outgoing.Reader.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted) break;
            }
            if (_socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, _end.Token);
        }
        catch (OperationCanceledException)
        {
            // We close.
        }
        catch (Exception e) // handed to the writer of the pipe
        {
            error = e;
        }
        await _outgoing.Reader.CompleteAsync(error);
    }

    sealed class Duplex(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;
        public PipeWriter Output => output;
    }
}
