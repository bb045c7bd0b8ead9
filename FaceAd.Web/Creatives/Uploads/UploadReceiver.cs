using System.Buffers;
using System.Collections.Concurrent;

namespace FaceAd.Web.Creatives.Uploads;

/// <summary>How a piece of an upload was received.</summary>
enum Receipt
{
    /// <summary>What came is on disk; the piece may still have been cut short.</summary>
    Taken,

    /// <summary>The piece does not begin where the upload stands.</summary>
    Elsewhere,

    /// <summary>Somebody else is writing and does not stop.</summary>
    Busy,

    /// <summary>The upload is not here any more.</summary>
    Gone,

    /// <summary>It is longer than was announced.</summary>
    TooLong,
}

/// <summary>
/// Appends pieces to uploads, one writer for each. The newest one wins: after a cut the sender comes again while its old connection still
/// looks alive from here. The length of the file is how far the upload is, whatever happened to either side.
/// </summary>
sealed class UploadReceiver(UploadFolder folder)
{
    private const int Piece = 128 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<Guid, Turn> _turns = new();

    /// <summary>Ends whoever is writing to an upload, so that its length stands still.</summary>
    /// <returns>False when that did not help in time.</returns>
    public async Task<bool> SettleAsync(Guid upload)
    {
        if (!_turns.TryGetValue(upload, out var turn)) return true;
        await turn.EndAsync();
        return await Task.WhenAny(turn.Over, Task.Delay(Patience)) == turn.Over;
    }

    /// <summary>Appends what a request brings.</summary>
    /// <param name="upload">The upload.</param>
    /// <param name="offset">Where the piece begins.</param>
    /// <param name="most">Length of the whole.</param>
    /// <param name="content">The piece.</param>
    /// <param name="cancellation">The request was aborted.</param>
    /// <returns>What became of it, and how far the upload is now.</returns>
    public async Task<(Receipt Receipt, long Arrived)> AppendAsync(Guid upload, long offset, long most, Stream content, CancellationToken cancellation)
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

    private static async Task<(Receipt Receipt, long Arrived)> WriteAsync(string path, long offset, long most, Stream content, CancellationToken cancellation)
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
            catch (Exception exception) when (exception is IOException or OperationCanceledException or Microsoft.AspNetCore.Connections.ConnectionResetException)
            {
                // Cut. What has come stays; the sender asks how much that is.
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
            file.Flush(flushToDisk: true); // what we say has arrived is there after a power cut
            return (Receipt.Taken, file.Length);
        }
    }

    /// <summary>One request's writing.</summary>
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
                // It has just ended by itself.
            }
        }

        public void Done() => _over.TrySetResult();

        public void Dispose() => _end.Dispose();
    }
}
