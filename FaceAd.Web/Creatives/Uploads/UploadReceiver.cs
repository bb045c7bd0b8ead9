using System.Buffers;
using System.Collections.Concurrent;

namespace FaceAd.Web.Creatives.Uploads;

/// <summary>Outcome of receiving a chunk.</summary>
enum Receipt
{
    /// <summary>The received bytes are on disk; the chunk may still have been cut short.</summary>
    Taken,

    /// <summary>The chunk does not start at the upload's current offset.</summary>
    Elsewhere,

    /// <summary>Another writer holds the file and does not stop.</summary>
    Busy,

    /// <summary>The upload no longer exists.</summary>
    Gone,

    /// <summary>It exceeds the announced length.</summary>
    TooLong,
}

/// <summary>
/// Appends chunks to uploads, one writer per upload. The newest writer wins: after a broken connection the sender returns while its old
/// connection still looks alive here. The file's length is the upload's offset, whatever happened to either side.
/// </summary>
sealed class UploadReceiver(UploadFolder folder)
{
    private const int Piece = 128 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<Guid, Turn> _turns = new();

    /// <summary>Stops an upload's current writer, so that the offset is stable.</summary>
    /// <returns>False when the writer did not stop in time.</returns>
    public async Task<bool> SettleAsync(Guid upload)
    {
        if (!_turns.TryGetValue(upload, out var turn)) return true;
        await turn.EndAsync();
        return await Task.WhenAny(turn.Over, Task.Delay(Patience)) == turn.Over;
    }

    /// <summary>Appends a request's body.</summary>
    /// <param name="upload">The upload.</param>
    /// <param name="offset">Where the chunk starts.</param>
    /// <param name="most">Total length of the upload.</param>
    /// <param name="content">The chunk.</param>
    /// <param name="cancellation">Signals that the request was aborted.</param>
    /// <returns>The outcome, and the upload's current offset.</returns>
    public async Task<(Receipt Receipt, long Arrived)> AppendAsync(
        Guid upload, long offset, long most, Stream content, CancellationToken cancellation)
    {
        using var turn = new Turn(cancellation);
        while (!_turns.TryAdd(upload, turn))
        {
            if (!await SettleAsync(upload)) return (Receipt.Busy, 0);
        }
        try
        {
            return await WriteAsync(folder.PartOf(upload), offset, most, content, turn.Token);
        }
        finally
        {
            _turns.TryRemove(upload, out _);
            turn.Done();
        }
    }

    private static async Task<(Receipt Receipt, long Arrived)> WriteAsync(
        string path, long offset, long most, Stream content, CancellationToken cancellation)
    {
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous);
        }
        catch (FileNotFoundException)
        {
            return (Receipt.Gone, 0);
        }
        catch (IOException)
        {
            return (Receipt.Busy, 0); // another process is writing
        }
        await using (file)
        {
            if (file.Length != offset) return (Receipt.Elsewhere, file.Length);
            file.Seek(offset, SeekOrigin.Begin);
            var buffer = ArrayPool<byte>.Shared.Rent(Piece);
            try
            {
                while (true)
                {
                    var read = await content.ReadAsync(buffer.AsMemory(0, Piece), cancellation);
                    if (read == 0) break;
                    if (file.Position + read > most) return (Receipt.TooLong, file.Length);
                    await file.WriteAsync(buffer.AsMemory(0, read), CancellationToken.None);
                }
            }
            catch (Exception exception)
                when (exception is IOException or OperationCanceledException or Microsoft.AspNetCore.Connections.ConnectionResetException)
            {
                // Connection lost. Received bytes stay; the sender asks for the offset.
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
            file.Flush(flushToDisk: true); // what is acknowledged must survive a power cut
            return (Receipt.Taken, file.Length);
        }
    }

    /// <summary>One request's turn as the writer.</summary>
    private sealed class Turn(CancellationToken request) : IDisposable
    {
        private readonly CancellationTokenSource _end = CancellationTokenSource.CreateLinkedTokenSource(request);
        private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public CancellationToken Token => _end.Token;

        public Task Over => _over.Task;

        public async Task EndAsync()
        {
            try
            {
                await _end.CancelAsync();
            }
            catch (ObjectDisposedException)
            {
                // The request has just ended by itself.
            }
        }

        public void Done() => _over.TrySetResult();

        public void Dispose() => _end.Dispose();
    }
}
