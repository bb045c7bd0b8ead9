namespace FaceAd.Player;

/// <summary>Files that are either there in full or not there, also after the power was cut.</summary>
internal static class DurableFile
{
    /// <summary>Ending of a file that is still being written. Whoever finds one after a restart deletes it.</summary>
    public const string Unfinished = ".tmp";

    /// <summary>Writes a file: beside its place, flushed to the disk, then renamed into its place.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var unfinished = path + Unfinished;
        using (var stream = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }
        Rename(unfinished, path);
    }

    /// <summary>Renames a file whose content is on the disk already, and puts the new name on the disk too.</summary>
    public static void Rename(string from, string to)
    {
        File.Move(from, to, overwrite: true);
        SyncFolder(Path.GetDirectoryName(to)!);
    }

    static void SyncFolder(string folder)
    {
        var descriptor = Native.Open(folder, 0);
        if (descriptor < 0) return; // The file is right; only the moment at which its name is safe is later.
        _ = Native.Sync(descriptor);
        _ = Native.Close(descriptor);
    }
}
