using System.Net;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace FaceAd.Web.Creatives;

/// <summary>
/// A bucket of an S3-compatible service. Clients get the bytes through the web server rather than by signed URLs: access is checked on each
/// request, players connect to nothing but the server, and the bucket stays private.
/// </summary>
sealed class S3MediaStorage : MediaStorage, IDisposable
{
    private readonly S3Options _options;
    private readonly AmazonS3Client _client;

    public S3MediaStorage(S3Options options)
    {
        _options = options;
        var config = new AmazonS3Config { ForcePathStyle = options.PathStyle, AuthenticationRegion = options.Region, Timeout = TimeSpan.FromMinutes(10), MaxErrorRetry = 3 };
        if (options.ServiceUrl.Length > 0) config.ServiceURL = options.ServiceUrl;
        else config.RegionEndpoint = RegionEndpoint.GetBySystemName(options.Region);
        _client = options.AccessKey.Length > 0
            ? new AmazonS3Client(new BasicAWSCredentials(options.AccessKey, options.SecretKey), config)
            : new AmazonS3Client(config);
    }

    public void Dispose() => _client.Dispose();

    public override async Task PutAsync(string name, string path, string contentType, CancellationToken cancellation)
    {
        // Unchunked: few S3-compatible servers support chunked signing.
        var put = new PutObjectRequest
        {
            BucketName = _options.Bucket,
            Key = _options.Prefix + name,
            FilePath = path,
            ContentType = contentType,
            UseChunkEncoding = false,
        };
        await _client.PutObjectAsync(put, cancellation);
        File.Delete(path);
    }

    public override async Task<Stream?> OpenAsync(string name, CancellationToken cancellation)
    {
        try
        {
            var about = await _client.GetObjectMetadataAsync(_options.Bucket, _options.Prefix + name, cancellation);
            return new S3ObjectStream(_client, _options.Bucket, _options.Prefix + name, about.ContentLength);
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }
}

/// <summary>An object as a seekable stream: chunks are fetched as they are read, one in memory at a time.</summary>
sealed class S3ObjectStream(IAmazonS3 client, string bucket, string key, long length) : Stream
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
            _piece = await client.GetObjectAsync(new GetObjectRequest { BucketName = bucket, Key = key, ByteRange = new ByteRange(_position, last) }, cancellationToken);
            _left = last - _position + 1;
        }
        var read = await _piece!.ResponseStream.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _left)], cancellationToken);
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
