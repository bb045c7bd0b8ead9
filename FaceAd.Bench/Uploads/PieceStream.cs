namespace FaceAd.Bench.Uploads;

/// <summary>A limited number of the next bytes of a file; throws at the cut, as if the connection broke.</summary>
sealed class PieceStream(Stream file, long length, long cut) : ReadingStream
{
    long _at;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_at >= cut) throw new IOException("The connection is cut.");
        var most = (int)Math.Min(buffer.Length, Math.Min(length, cut) - _at);
        var read = most == 0 ? 0 : await file.ReadAsync(buffer[..most], cancellationToken);
        _at += read;
        return read;
    }
}

/// <summary>A file stream that signals when it has been read to the end.</summary>
sealed class ProgressStream(Stream file, Action ended) : ReadingStream
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await file.ReadAsync(buffer, cancellationToken);
        if (read == 0) ended();
        return read;
    }
}

/// <summary>A forward-only read stream.</summary>
abstract class ReadingStream : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public abstract override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
