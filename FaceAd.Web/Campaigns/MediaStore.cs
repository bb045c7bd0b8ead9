using System.Collections.Concurrent;
using System.Security.Cryptography;
using FaceAd.Web.Data;

namespace FaceAd.Web.Campaigns;

/// <summary>Films on disk, named by the SHA-256 of their content, so that a name can be cached for ever and the same film is kept once.</summary>
/// <param name="folder">The data folder.</param>
public sealed class MediaStore(DataFolder folder)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<bool>>> _posters = new();

    private string Incoming => Path.Combine(folder.Media, "incoming");

    /// <summary>Whether a text is a SHA-256 as we write it: 64 lower-case hexadecimal digits.</summary>
    /// <param name="text">The text.</param>
    public static bool IsSha256(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigitLower);

    /// <summary>Where a film is, or would be.</summary>
    /// <param name="sha256">Its hash.</param>
    /// <exception cref="ArgumentException">Not a SHA-256.</exception>
    public string FilmPath(string sha256) => PathOf(sha256, ".mp4");

    /// <summary>A path for a file that is being received. Whoever asks deletes it.</summary>
    public string NewIncoming()
    {
        Directory.CreateDirectory(Incoming);
        return Path.Combine(Incoming, Guid.NewGuid().ToString("N"));
    }

    /// <summary>Takes a file into the store by moving it. Keeps the one that is there when the content is known.</summary>
    /// <param name="path">A file made with <see cref="NewIncoming"/>.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>SHA-256 and length of the content.</returns>
    public async Task<(string Sha256, long Bytes)> AdoptAsync(string path, CancellationToken cancellation)
    {
        string sha256;
        long bytes;
        await using (var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite))
        {
            sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellation));
            bytes = stream.Length;
            stream.Flush(flushToDisk: true); // before any row says that it is here
        }
        File.Move(path, FilmPath(sha256), overwrite: true); // same content either way
        return (sha256, bytes);
    }

    /// <summary>A still of a film, made when first asked for; null when there is no such film.</summary>
    /// <param name="sha256">Hash of the film.</param>
    /// <param name="seconds">Its running time.</param>
    public async Task<string?> PosterAsync(string sha256, double seconds)
    {
        var poster = PathOf(sha256, ".jpg");
        if (File.Exists(poster)) return poster;
        if (!File.Exists(FilmPath(sha256))) return null;
        var making = _posters.GetOrAdd(sha256, _ => new Lazy<Task<bool>>(() => MakePosterAsync(sha256, seconds, poster)));
        try
        {
            return await making.Value ? poster : null;
        }
        finally
        {
            _posters.TryRemove(sha256, out _);
        }
    }

    private async Task<bool> MakePosterAsync(string sha256, double seconds, string poster)
    {
        var unfinished = NewIncoming();
        try
        {
            if (!await FilmTool.PosterAsync(FilmPath(sha256), seconds, unfinished, CancellationToken.None)) return false;
            File.Move(unfinished, poster, overwrite: true);
            return true;
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    private string PathOf(string sha256, string extension) =>
        IsSha256(sha256) ? Path.Combine(folder.Media, sha256 + extension) : throw new ArgumentException("Not a SHA-256.", nameof(sha256));
}
