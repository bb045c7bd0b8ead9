using System.Collections.Concurrent;
using System.Security.Cryptography;
using FaceAd.Web.Creatives.Transcoding;
using FaceAd.Web.Creatives.Uploads;

namespace FaceAd.Web.Creatives;

/// <summary>
/// Videos and their posters, named by the video's SHA-256: names can be cached forever, and identical videos are stored once.
/// </summary>
sealed class MediaStore
{
    private readonly MediaStorage _storage;
    private readonly UploadFolder _uploads;
    private readonly ConcurrentDictionary<string, Lazy<Task<bool>>> _posters = new();

    internal MediaStore(MediaStorage storage, UploadFolder uploads) => (_storage, _uploads) = (storage, uploads);

    /// <summary>Whether a text is a SHA-256 as stored here: 64 lower-case hexadecimal digits.</summary>
    public static bool IsSha256(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigitLower);

    /// <summary>
    /// Moves a video into the store, with a poster where one can be made. If the content is already stored, that copy is kept.
    /// </summary>
    /// <param name="path">The video; it no longer exists afterwards.</param>
    /// <param name="seconds">Its duration.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <returns>SHA-256 and length of the content.</returns>
    public async Task<(string Sha256, long Bytes)> AdoptAsync(string path, double seconds, CancellationToken cancellation)
    {
        string sha256;
        long bytes;
        await using (var stream = new FileStream(path, FileMode.Open, FileAccess.Read))
        {
            sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellation));
            bytes = stream.Length;
        }
        await MakePosterAsync(path, sha256, seconds, cancellation);
        await _storage.PutAsync(sha256 + ".mp4", path, "video/mp4", cancellation);
        return (sha256, bytes);
    }

    /// <summary>Opens a video as a seekable stream; null when there is none. The caller disposes it.</summary>
    /// <param name="sha256">Hash of the video.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public Task<Stream?> OpenVideoAsync(string sha256, CancellationToken cancellation) =>
        _storage.OpenAsync(Name(sha256, ".mp4"), cancellation);

    /// <summary>Opens a video's poster, created on demand; null when there is no such video. The caller disposes it.</summary>
    /// <param name="sha256">Hash of the video.</param>
    /// <param name="seconds">Its duration.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public async Task<Stream?> OpenPosterAsync(string sha256, double seconds, CancellationToken cancellation)
    {
        var name = Name(sha256, ".jpg");
        if (await _storage.OpenAsync(name, cancellation) is { } poster) return poster;
        var making = _posters.GetOrAdd(sha256, _ => new Lazy<Task<bool>>(() => MakeMissingPosterAsync(sha256, seconds)));
        try
        {
            return await making.Value ? await _storage.OpenAsync(name, cancellation) : null;
        }
        finally
        {
            _posters.TryRemove(sha256, out _);
        }
    }

    private async Task<bool> MakeMissingPosterAsync(string sha256, double seconds)
    {
        await using var video = await OpenVideoAsync(sha256, CancellationToken.None);
        if (video is null) return false;
        var copy = _uploads.NewScratch();
        try
        {
            await using (var file = File.Create(copy)) await video.CopyToAsync(file);
            return await MakePosterAsync(copy, sha256, seconds, CancellationToken.None);
        }
        finally
        {
            File.Delete(copy);
        }
    }

    private async Task<bool> MakePosterAsync(string video, string sha256, double seconds, CancellationToken cancellation)
    {
        var unfinished = _uploads.NewScratch();
        try
        {
            if (!await FfmpegProcess.PosterAsync(video, seconds, unfinished, cancellation)) return false;
            await _storage.PutAsync(sha256 + ".jpg", unfinished, "image/jpeg", cancellation);
            return true;
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    private static string Name(string sha256, string extension) =>
        IsSha256(sha256) ? sha256 + extension : throw new ArgumentException("Not a SHA-256.", nameof(sha256));
}
