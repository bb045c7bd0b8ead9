using FaceAd.Web.Data;

namespace FaceAd.Web.Creatives;

/// <summary>Storage of finished files. Their names are generated: a SHA-256 and an extension.</summary>
abstract class MediaStorage
{
    /// <summary>Stores a file, replacing one of the same name. Atomic, and durable on return.</summary>
    /// <param name="name">Its name in the storage.</param>
    /// <param name="path">The local file; it may be moved away.</param>
    /// <param name="contentType">Its media type.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public abstract Task PutAsync(string name, string path, string contentType, CancellationToken cancellation);

    /// <summary>Opens a file as a seekable stream; null when there is none.</summary>
    /// <param name="name">Its name in the storage.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public abstract Task<Stream?> OpenAsync(string name, CancellationToken cancellation);

    /// <summary>Deletes a file; one that is not there is deleted already.</summary>
    /// <param name="name">Its name in the storage.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public abstract Task DeleteAsync(string name, CancellationToken cancellation);
}

/// <summary>A folder on the local disk, or one shared by all nodes.</summary>
sealed class FolderMediaStorage(DataFolder folder) : MediaStorage
{
    public override async Task PutAsync(string name, string path, string contentType, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder.Media);
        // Durable before any row refers to it.
        await using (var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite)) stream.Flush(flushToDisk: true);
        var there = Path.Combine(folder.Media, name);
        var beside = there + "." + Guid.NewGuid().ToString("N");
        File.Move(path, beside); // may be a copy across file systems; the final name appears only when complete
        File.Move(beside, there, overwrite: true);
    }

    public override Task<Stream?> OpenAsync(string name, CancellationToken cancellation)
    {
        var path = Path.Combine(folder.Media, name);
        Stream? stream = File.Exists(path)
            ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1, FileOptions.Asynchronous) : null;
        return Task.FromResult(stream);
    }

    public override Task DeleteAsync(string name, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder.Media);
        File.Delete(Path.Combine(folder.Media, name));
        return Task.CompletedTask;
    }
}
