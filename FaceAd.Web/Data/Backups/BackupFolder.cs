using System.Globalization;
using System.Text.RegularExpressions;
using FaceAd.Web.Hosting;

namespace FaceAd.Web.Data.Backups;

/// <summary>A copy of the database's files. With the write-ahead log since then it becomes the database of any later instant.</summary>
/// <param name="Path">Its folder.</param>
/// <param name="CompletedAt">The earliest instant that it can become.</param>
/// <param name="FirstSegment">Name of the first segment of the log that it needs.</param>
sealed record BaseBackup(string Path, DateTimeOffset CompletedAt, string FirstSegment)
{
    /// <summary>Timeline of the log: another one since a restore.</summary>
    public int Timeline => int.Parse(FirstSegment.AsSpan(0, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}

/// <summary>The folder of an installation's backups: base backups, the log since, and copies of the files that belong to them.</summary>
sealed partial class BackupFolder
{
    private const string NameFormat = "yyyyMMdd'T'HHmmssfff'Z'";
    private static readonly TimeSpan BaseEvery = TimeSpan.FromDays(1);
    private const UnixFileMode Ours = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly string _root;

    private BackupFolder(string root, TimeSpan kept) => (_root, Kept) = (root, kept);

    /// <summary>How far back one can go.</summary>
    public TimeSpan Kept { get; }

    /// <summary>The write-ahead log, one file a segment.</summary>
    public string Log => Path.Combine(_root, "wal");

    /// <summary>Folder of the base backups.</summary>
    public string Bases => Path.Combine(_root, "base");

    /// <summary>Copies of videos and posters.</summary>
    public string Media => Path.Combine(_root, "media");

    /// <summary>Copies of the key ring.</summary>
    public string Keys => Path.Combine(_root, "keys");

    /// <summary>Copy of the list of destroyed keys; see <see cref="ErasureLedger"/>.</summary>
    public string Erased => Path.Combine(_root, "erased");

    /// <summary>The folder that <c>Backup:Folder</c> names; null without one.</summary>
    /// <exception cref="StartException">A setting cannot be used.</exception>
    public static BackupFolder? Of(IConfiguration configuration)
    {
        if (configuration["Backup:Folder"] is not { Length: > 0 } folder) return null;
        var root = Path.GetFullPath(folder);
        // PostgreSQL passes it to a shell.
        if (!Plain().IsMatch(root))
            throw new StartException($"Backup:Folder may consist of A-Z a-z 0-9 . _ - and /, unlike {root}.");
        var days = configuration.GetValue("Backup:KeepDays", 14);
        if (days is < 1 or > 3650) throw new StartException("Backup:KeepDays must be a number from 1 to 3650.");
        return new BackupFolder(root, TimeSpan.FromDays(days));
    }

    /// <summary>Makes the folders: that of the log for the account of PostgreSQL, the others for ours alone.</summary>
    /// <param name="bin">Folder of PostgreSQL's programs.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public async Task MakeAsync(string bin, CancellationToken cancellation)
    {
        Directory.CreateDirectory(_root);
        foreach (var folder in new[] { Bases, Media, Keys }) Directory.CreateDirectory(folder, Ours);
        await PostgresCluster.MakeFolderAsync(Log, bin, cancellation);
    }

    /// <summary>Makes the folder that of one database: two would disturb each other's log.</summary>
    /// <param name="system">PostgreSQL's identifier of the cluster.</param>
    /// <exception cref="StartException">It has backups of another one.</exception>
    public void Claim(string system)
    {
        var file = Path.Combine(_root, "system");
        var known = File.Exists(file) ? File.ReadAllText(file).Trim() : "";
        if (known == system) return;
        if (known.Length > 0)
            throw new StartException($"{_root} has backups of another database: set Backup:Folder to another folder.");
        // Whole or not at all: a power cut must not leave one that refuses the next start.
        var part = file + ".part";
        File.WriteAllText(part, system + "\n");
        Flush(part);
        File.Move(part, file, overwrite: true);
    }

    /// <summary>Folder of a base backup.</summary>
    /// <param name="completedAt">When its copy was complete; its name says a millisecond later, never earlier.</param>
    public string NewBase(DateTimeOffset completedAt) =>
        Path.Combine(Bases, completedAt.UtcDateTime.AddMilliseconds(1).ToString(NameFormat, CultureInfo.InvariantCulture));

    /// <summary>Whether this timeline has no base backup of within a day. One of the far future was taken by a wrong clock.</summary>
    public bool IsBaseDue(int timeline, DateTimeOffset now) =>
        !FindBases().Any(b => b.Timeline == timeline && (now - b.CompletedAt).Duration() < BaseEvery);

    /// <summary>The complete base backups, oldest first.</summary>
    public IReadOnlyList<BaseBackup> FindBases()
    {
        List<BaseBackup> bases = [];
        foreach (var (folder, at) in FindFolders())
        {
            var label = Path.Combine(folder, "cluster", "backup_label");
            if (!File.Exists(label)) continue; // half deleted, by a prune that a power cut ended
            bases.Add(new BaseBackup(folder, at, FirstSegment().Match(File.ReadAllText(label)).Groups[1].Value));
        }
        return [.. bases.OrderBy(b => b.CompletedAt)];
    }

    private IEnumerable<(string Path, DateTimeOffset CompletedAt)> FindFolders()
    {
        if (!Directory.Exists(Bases)) yield break;
        foreach (var folder in Directory.GetDirectories(Bases))
        {
            if (DateTimeOffset.TryParseExact(Path.GetFileName(folder), NameFormat, CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal, out var at)) yield return (folder, at);
        }
    }

    /// <summary>Copies what came since the last time: of videos, posters and the key ring, whose files never change.</summary>
    public void CopyFiles(DataFolder data, DateTimeOffset now)
    {
        CopyNew(data.Media, Media, now, name => StoredMedia().IsMatch(name));
        CopyNew(data.Keys, Keys, now, name => name.EndsWith(".xml", StringComparison.Ordinal));
    }

    /// <summary>Puts the copies back where they are missing.</summary>
    public void RestoreFiles(DataFolder data, DateTimeOffset now)
    {
        CopyNew(Media, data.Media, now, name => StoredMedia().IsMatch(name));
        CopyNew(Keys, data.Keys, now, name => name.EndsWith(".xml", StringComparison.Ordinal));
        new ErasureLedger(Erased, data.Erased).Copy();
    }

    /// <summary>Deletes what no instant of the kept time needs.</summary>
    public void Prune(DataFolder data, DateTimeOffset now)
    {
        var earliest = now - Kept;
        var bases = FindBases();
        if (bases.Count == 0) return;
        var oldest = bases.LastOrDefault(b => b.CompletedAt <= earliest) ?? bases[0];
        foreach (var old in FindFolders().Where(f => f.CompletedAt < oldest.CompletedAt)) Directory.Delete(old.Path, recursive: true);
        // Of the future, by a wrong clock: the log tells that it is older than all that is needed. Which clock was wrong it does not
        // tell, so it stays until then.
        foreach (var wrong in bases.Where(b => oldest.CompletedAt <= earliest && b.CompletedAt > now
            && string.CompareOrdinal(b.FirstSegment, oldest.FirstSegment) < 0)) Directory.Delete(wrong.Path, recursive: true);
        foreach (var unfinished in Directory.GetDirectories(Bases, BaseBackups.Unfinished + "*"))
        {
            if (Directory.GetLastWriteTimeUtc(unfinished) < earliest.UtcDateTime) Directory.Delete(unfinished, recursive: true);
        }
        // Since a restore the log may have begun again at an earlier segment.
        var first = FindBases().Select(b => b.FirstSegment[8..]).Min(StringComparer.Ordinal);
        foreach (var segment in Directory.EnumerateFiles(Log))
        {
            // Names begin with the timeline, of 8 digits; the next 16 rise. Histories of timelines stay.
            var name = Path.GetFileName(segment);
            if (name.Length >= 24 && string.CompareOrdinal(name, 8, first, 0, 16) < 0) File.Delete(segment);
        }
        PruneMedia(data, earliest, now);
    }

    // A copy's time says when its original was last seen.
    private void PruneMedia(DataFolder data, DateTimeOffset earliest, DateTimeOffset now)
    {
        foreach (var copy in Directory.EnumerateFiles(Media))
        {
            var original = new FileInfo(Path.Combine(data.Media, Path.GetFileName(copy)));
            if (original.Exists) File.SetLastWriteTimeUtc(copy, now.UtcDateTime);
            else if (File.GetLastWriteTimeUtc(copy) < earliest.UtcDateTime) File.Delete(copy);
        }
    }

    private static void CopyNew(string from, string to, DateTimeOffset now, Predicate<string> wanted)
    {
        if (!Directory.Exists(from)) return;
        Directory.CreateDirectory(to, Ours);
        foreach (var file in Directory.EnumerateFiles(from))
        {
            var copy = Path.Combine(to, Path.GetFileName(file));
            if (!wanted(Path.GetFileName(file)) || File.Exists(copy)) continue;
            var part = copy + ".part";
            File.Copy(file, part, overwrite: true);
            File.SetLastWriteTimeUtc(part, now.UtcDateTime);
            Flush(part);
            File.Move(part, copy);
        }
    }

    private static void Flush(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite);
        stream.Flush(flushToDisk: true);
    }

    [GeneratedRegex("^[A-Za-z0-9._/-]+$")]
    private static partial Regex Plain();

    [GeneratedRegex(@"^[0-9a-f]{64}\.(mp4|jpg)$")]
    private static partial Regex StoredMedia();

    [GeneratedRegex(@"^START WAL LOCATION: .* \(file ([0-9A-F]{24})\)", RegexOptions.Multiline)]
    private static partial Regex FirstSegment();
}
