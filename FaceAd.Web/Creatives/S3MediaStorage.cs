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
        var config = new AmazonS3Config
        {
            ForcePathStyle = options.PathStyle,
            AuthenticationRegion = options.Region,
            Timeout = TimeSpan.FromMinutes(10),
            MaxErrorRetry = 3,
        };
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
            var about = await AnswerAsync(
                end => _client.GetObjectMetadataAsync(_options.Bucket, _options.Prefix + name, end), _options.AnswerLimit, cancellation);
            return new S3ObjectStream(_client, _options, _options.Prefix + name, about.ContentLength);
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    public override Task DeleteAsync(string name, CancellationToken cancellation) => AnswerAsync(
        end => _client.DeleteObjectAsync(_options.Bucket, _options.Prefix + name, end), _options.AnswerLimit, cancellation);

    /// <summary>
    /// Asks the service. Amazon's library waits for a body without a limit, and with its retries 40 minutes for an answer.
    /// </summary>
    /// <exception cref="TimeoutException">The service did not answer in time.</exception>
    internal static async Task<T> AnswerAsync<T>(Func<CancellationToken, Task<T>> ask, TimeSpan limit, CancellationToken cancellation)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        end.CancelAfter(limit);
        try
        {
            return await ask(end.Token);
        }
        catch (Exception exception) when (end.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"The media storage did not answer within {limit.TotalSeconds:0} s.", exception);
        }
    }
}
