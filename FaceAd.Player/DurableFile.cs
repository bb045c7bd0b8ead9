namespace FaceAd.Player;

/// <summary>Writes files atomically and durably: after a power cut, a file exists in full or not at all.</summary>
static class DurableFile
{
    /// <summary>Extension of a file that is still being written. Any left after a restart are deleted.</summary>
    public const string Unfinished = ".tmp";

    /// <summary>Writes a temporary file, flushes it to disk and renames it into place.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">Its content.</param>
    /// <param name="isSecret">Whether only this account may read it.</param>
    public static void Write(string path, ReadOnlySpan<byte> content, bool isSecret = false)
    {
        var unfinished = path + Unfinished;
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None };
        if (isSecret) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(unfinished, options))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }
        Rename(unfinished, path);
    }

    /// <summary>Renames a file whose content is already on disk, and flushes the new name too.</summary>
    public static void Rename(string from, string to)
    {
        File.Move(from, to, overwrite: true);
        SyncFolder(Path.GetDirectoryName(to)!);
    }

    static void SyncFolder(string folder)
    {
        var descriptor = Native.Open(folder, 0);
        if (descriptor < 0) return; // the file is in place; only its name becomes durable later
        _ = Native.Sync(descriptor);
        _ = Native.Close(descriptor);
    }
}
