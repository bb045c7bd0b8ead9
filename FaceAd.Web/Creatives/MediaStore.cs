using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace FaceAd.Web.Creatives;

/// <summary>Films and their stills, named by the SHA-256 of the film, so that a name can be cached for ever and the same film is kept once.</summary>
public sealed class MediaStore
{
    private readonly MediaShelf _shelf;
    private readonly UploadFolder _uploads;
    private readonly ConcurrentDictionary<string, Lazy<Task<bool>>> _posters = new();

    internal MediaStore(MediaShelf shelf, UploadFolder uploads) => (_shelf, _uploads) = (shelf, uploads);

    /// <summary>Whether a text is a SHA-256 as we write it: 64 lower-case hexadecimal digits.</summary>
    /// <param name="text">The text.</param>
    public static bool IsSha256(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigitLower);

    /// <summary>Takes a film into the store, with its still where one can be made. Keeps the one that is there when the content is known.</summary>
    /// <param name="path">The film; it is gone afterwards.</param>
    /// <param name="seconds">Its running time.</param>
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
        await _shelf.PutAsync(sha256 + ".mp4", path, "video/mp4", cancellation);
        return (sha256, bytes);
    }

    /// <summary>A film, to be read from anywhere in it; null when there is none. Whoever asks closes it.</summary>
    /// <param name="sha256">Hash of the film.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public Task<Stream?> OpenFilmAsync(string sha256, CancellationToken cancellation) => _shelf.OpenAsync(Name(sha256, ".mp4"), cancellation);

    /// <summary>A still of a film, made now if it is missing; null when there is no such film. Whoever asks closes it.</summary>
    /// <param name="sha256">Hash of the film.</param>
    /// <param name="seconds">Its running time.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public async Task<Stream?> OpenPosterAsync(string sha256, double seconds, CancellationToken cancellation)
    {
        var name = Name(sha256, ".jpg");
        if (await _shelf.OpenAsync(name, cancellation) is { } poster) return poster;
        var making = _posters.GetOrAdd(sha256, _ => new Lazy<Task<bool>>(() => MakeMissingPosterAsync(sha256, seconds)));
        try
        {
            return await making.Value ? await _shelf.OpenAsync(name, cancellation) : null;
        }
        finally
        {
            _posters.TryRemove(sha256, out _);
        }
    }

    private async Task<bool> MakeMissingPosterAsync(string sha256, double seconds)
    {
        await using var film = await OpenFilmAsync(sha256, CancellationToken.None);
        if (film is null) return false;
        var copy = _uploads.NewScratch();
        try
        {
            await using (var file = File.Create(copy)) await film.CopyToAsync(file);
            return await MakePosterAsync(copy, sha256, seconds, CancellationToken.None);
        }
        finally
        {
            File.Delete(copy);
        }
    }

    private async Task<bool> MakePosterAsync(string film, string sha256, double seconds, CancellationToken cancellation)
    {
        var unfinished = _uploads.NewScratch();
        try
        {
            if (!await FilmTool.PosterAsync(film, seconds, unfinished, cancellation)) return false;
            await _shelf.PutAsync(sha256 + ".jpg", unfinished, "image/jpeg", cancellation);
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
