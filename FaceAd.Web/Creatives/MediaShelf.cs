using FaceAd.Web.Data;

namespace FaceAd.Web.Creatives;

/// <summary>Where finished files lie. Names are of our making: a SHA-256 and an extension.</summary>
abstract class MediaShelf
{
    /// <summary>Puts a file there, over one of the same name. Complete or not at all, and durable when it returns.</summary>
    /// <param name="name">Its name there.</param>
    /// <param name="path">The file; it may be moved away.</param>
    /// <param name="contentType">What it is.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public abstract Task PutAsync(string name, string path, string contentType, CancellationToken cancellation);

    /// <summary>Opens a file for reading from anywhere in it; null when there is none.</summary>
    /// <param name="name">Its name there.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public abstract Task<Stream?> OpenAsync(string name, CancellationToken cancellation);
}

/// <summary>A folder of the local disk, or one that all nodes share.</summary>
sealed class FolderShelf(DataFolder folder) : MediaShelf
{
    public override async Task PutAsync(string name, string path, string contentType, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder.Media);
        await using (var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite)) stream.Flush(flushToDisk: true); // before any row says that it is here
        var there = Path.Combine(folder.Media, name);
        var beside = there + "." + Guid.NewGuid().ToString("N");
        File.Move(path, beside); // may copy, from another file system; the name appears complete
        File.Move(beside, there, overwrite: true);
    }

    public override Task<Stream?> OpenAsync(string name, CancellationToken cancellation)
    {
        var path = Path.Combine(folder.Media, name);
        Stream? stream = File.Exists(path) ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1, FileOptions.Asynchronous) : null;
        return Task.FromResult(stream);
    }
}
