using System.Security.Cryptography;
using FaceAd.Core;

namespace FaceAd.Player.Playback;

/// <summary>The server did not send the creative. The message gives the reason.</summary>
sealed class CreativeException(string message) : Exception(message);

/// <summary>
/// Creatives on disk, named by the SHA-256 of their content. A file with its final name was verified when written, and may be shown at
/// once; whether the disk has damaged it since is found out afterwards.
/// </summary>
sealed class CreativeCache
{
    /// <summary>A download that brings nothing for this long is given up.</summary>
    public static readonly TimeSpan StallLimit = TimeSpan.FromSeconds(20);

    // In bytes per second. A whole download slower than this is given up: 30 MB may take 32 minutes.
    const double SlowestRate = 16 * 1024;

    // A check reads at most a piece in each pause, 8 MB/s: the picture and downloads need the disk more.
    const int CheckPiece = 1024 * 1024;
    static readonly TimeSpan CheckPause = TimeSpan.FromMilliseconds(125);

    readonly TimeSpan _stallLimit;
    readonly string _folder;
    readonly HashSet<string> _checked = [];
    readonly HashSet<string> _damaged = []; // and could not be removed

    /// <summary>Opens the cache and removes files that a kill left unfinished.</summary>
    /// <param name="folder">Folder of the files.</param>
    /// <param name="stallLimit">Limit in place of <see cref="StallLimit"/>.</param>
    public CreativeCache(string folder, TimeSpan? stallLimit = null)
    {
        (_folder, _stallLimit) = (folder, stallLimit ?? StallLimit);
        Directory.CreateDirectory(folder);
        foreach (var unfinished in Directory.EnumerateFiles(folder, "*" + DurableFile.Unfinished)) File.Delete(unfinished);
    }

    /// <summary>Path of a creative's file, whether or not it is in the cache.</summary>
    /// <exception cref="CreativeException">The hash is not a SHA-256 in lower-case hexadecimal digits.</exception>
    public string PathOf(string sha256) => IsHash(sha256)
        ? Path.Combine(_folder, sha256 + ".mp4")
        : throw new CreativeException("The creative's hash is not 64 lower-case hexadecimal digits.");

    /// <summary>Whether text is a SHA-256 in lower-case hexadecimal digits, and so safe as a file name.</summary>
    public static bool IsHash(string text) => text.Length == 64 && text.All(c => c is (>= '0' and <= '9') or (>= 'a' and <= 'f'));

    /// <summary>Whether a creative is in the cache, as long as it should be. A longer or shorter file is removed.</summary>
    public bool Has(CreativeFile creative)
    {
        var file = new FileInfo(PathOf(creative.Sha256));
        if (!file.Exists || _damaged.Contains(creative.Sha256)) return false;
        if (file.Length == creative.Bytes) return true;
        Remove(creative);
        return false;
    }

    /// <summary>Reads a creative's file slowly, once per process, and removes it when it is damaged or cannot be read.</summary>
    /// <returns>Whether it is intact.</returns>
    public async Task<bool> IsIntactAsync(CreativeFile creative, CancellationToken cancellation)
    {
        if (_checked.Contains(creative.Sha256)) return Has(creative);
        if (!Has(creative)) return false;
        try
        {
            if (await HashSlowlyAsync(PathOf(creative.Sha256), cancellation) == creative.Sha256)
            {
                _checked.Add(creative.Sha256);
                return true;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What the disk cannot read is damaged, too.
        }
        Remove(creative);
        return false;
    }

    // A download takes its place, and tells of a disk that cannot be written to.
    void Remove(CreativeFile creative)
    {
        try
        {
            File.Delete(PathOf(creative.Sha256));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _damaged.Add(creative.Sha256);
        }
    }

    /// <summary>Downloads a creative to a temporary file, checks length and hash, and renames it into place.</summary>
    /// <exception cref="CreativeException">The download is not the creative, has stalled or is too slow; nothing is kept.</exception>
    /// <exception cref="HttpRequestException">The server could not be reached.</exception>
    public async Task FetchAsync(CreativeFile creative, HttpClient server, CancellationToken cancellation)
    {
        var path = PathOf(creative.Sha256);
        var unfinished = path + DurableFile.Unfinished;
        try
        {
            using var response = await server.GetAsync(
                $"{Routes.Media}/{creative.Sha256}.mp4", HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (!response.IsSuccessStatusCode) throw new CreativeException($"The server answered {(int)response.StatusCode}.");
            await using (var body = await response.Content.ReadAsStreamAsync(cancellation))
            await using (var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                await CopyCheckedAsync(body, file, creative, cancellation);
                file.Flush(flushToDisk: true);
            }
            DurableFile.Rename(unfinished, path);
            _checked.Add(creative.Sha256);
            _damaged.Remove(creative.Sha256);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    /// <summary>Removes every creative not in the set.</summary>
    /// <returns>How many were removed.</returns>
    public int RemoveAllBut(IReadOnlySet<string> keep)
    {
        var removed = 0;
        foreach (var file in Directory.EnumerateFiles(_folder, "*.mp4"))
        {
            var hash = Path.GetFileNameWithoutExtension(file);
            if (keep.Contains(hash)) continue;
            File.Delete(file);
            _checked.Remove(hash);
            removed++;
        }
        return removed;
    }

    static async Task<string> HashSlowlyAsync(string path, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var stream = File.OpenRead(path);
        var buffer = new byte[CheckPiece];
        while (true)
        {
            var count = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation);
            hash.AppendData(buffer, 0, count);
            if (count < buffer.Length) return Convert.ToHexStringLower(hash.GetHashAndReset());
            await Task.Delay(CheckPause, cancellation);
        }
    }

    async Task CopyCheckedAsync(Stream from, Stream to, CreativeFile creative, CancellationToken cancellation)
    {
        var limit = _stallLimit + TimeSpan.FromSeconds(creative.Bytes / SlowestRate);
        using var whole = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        whole.CancelAfter(limit);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[128 * 1024];
        long length = 0;
        int count;
        while ((count = await ReadAsync()) > 0)
        {
            length += count;
            if (length > creative.Bytes) throw new CreativeException($"The file is longer than the {creative.Bytes} bytes announced.");
            hash.AppendData(buffer, 0, count);
            await to.WriteAsync(buffer.AsMemory(0, count), cancellation);
        }
        if (length != creative.Bytes) throw new CreativeException($"The file has {length} bytes, not the {creative.Bytes} announced.");
        if (Convert.ToHexStringLower(hash.GetHashAndReset()) != creative.Sha256)
            throw new CreativeException("The file's hash does not match the one announced.");

        async ValueTask<int> ReadAsync()
        {
            using var piece = CancellationTokenSource.CreateLinkedTokenSource(whole.Token);
            piece.CancelAfter(_stallLimit);
            try
            {
                return await from.ReadAsync(buffer, piece.Token);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw new CreativeException(whole.IsCancellationRequested
                    ? $"The download was too slow: {length} of {creative.Bytes} bytes in {limit.TotalSeconds:0} s."
                    : $"The download has stalled: nothing came for {_stallLimit.TotalSeconds:0} s.");
            }
        }
    }
}
