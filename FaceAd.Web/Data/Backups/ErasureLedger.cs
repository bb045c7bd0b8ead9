namespace FaceAd.Web.Data.Backups;

/// <summary>
/// The ids of destroyed epoch keys, in a file outside the database. A database restored as it was at an earlier time has these keys again;
/// the restore destroys them before anybody reads it.
/// </summary>
/// <param name="file">The file, in the data folder.</param>
/// <param name="copy">A copy of it, in the folder of backups; null without backups.</param>
sealed class ErasureLedger(string file, string? copy)
{
    private readonly Lock _lock = new();

    /// <summary>Writes keys down for good. Called before the transaction that destroys them commits.</summary>
    /// <exception cref="IOException">The data folder cannot be written.</exception>
    public void Add(IReadOnlyCollection<Guid> keys)
    {
        lock (_lock) Append(file, keys);
        try
        {
            Copy();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The folder of backups is away. That must not stop what is promised to people; the worker of backups copies again.
        }
    }

    /// <summary>Adds to the copy what it lacks.</summary>
    public void Copy()
    {
        if (copy is null) return;
        lock (_lock) Append(copy, [.. Read(file).Except(Read(copy))]);
    }

    /// <summary>Every key of a file; none when it does not exist.</summary>
    public static IReadOnlyList<Guid> Read(string file) => File.Exists(file)
        ? [.. File.ReadLines(file).Select(line => Guid.TryParse(line, out var key) ? key : Guid.Empty).Where(key => key != Guid.Empty)]
        : [];

    private static void Append(string path, IReadOnlyCollection<Guid> keys)
    {
        if (keys.Count == 0) return;
        using var stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        // Each on a line of its own, even after one that a power cut left half written.
        stream.Write(System.Text.Encoding.ASCII.GetBytes(string.Concat(keys.Select(key => $"\n{key}\n"))));
        stream.Flush(flushToDisk: true);
    }
}
