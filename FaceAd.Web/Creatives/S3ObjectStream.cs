using Amazon.S3;
using Amazon.S3.Model;

namespace FaceAd.Web.Creatives;

/// <summary>An object as a seekable stream: chunks are fetched as they are read, one in memory at a time.</summary>
sealed class S3ObjectStream(IAmazonS3 client, S3Options options, string key, long length) : Stream
{
    private const long Piece = 4 * 1024 * 1024;
    private GetObjectResponse? _piece;
    private long _left, _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set => Seek(value, SeekOrigin.Begin);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position >= length || buffer.IsEmpty) return 0;
        if (_left == 0)
        {
            _piece?.Dispose();
            var last = Math.Min(_position + Piece, length) - 1;
            var range = new GetObjectRequest { BucketName = options.Bucket, Key = key, ByteRange = new ByteRange(_position, last) };
            _piece = await S3MediaStorage.AnswerAsync(end => client.GetObjectAsync(range, end), options.AnswerLimit, cancellationToken);
            _left = last - _position + 1;
        }
        var part = buffer[..(int)Math.Min(buffer.Length, _left)];
        var read = await S3MediaStorage.AnswerAsync(
            end => _piece!.ResponseStream.ReadAsync(part, end).AsTask(), options.AnswerLimit, cancellationToken);
        if (read == 0) throw new EndOfStreamException($"Reading {key} ended early at byte {_position}.");
        _position += read;
        _left -= read;
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin)
    {
        var to = offset + (origin == SeekOrigin.Begin ? 0 : origin == SeekOrigin.Current ? _position : length);
        if (to == _position) return to;
        _left = 0; // the next read fetches a chunk from there
        return _position = to;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _piece?.Dispose();
        base.Dispose(disposing);
    }
}
