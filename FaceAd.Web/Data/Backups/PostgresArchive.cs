using System.Globalization;

namespace FaceAd.Web.Data.Backups;

/// <summary>
/// Settings of PostgreSQL that keep an archive of its write-ahead log, and that recover from one. Folders in them must be plain: see
/// <see cref="BackupFolder"/>.
/// </summary>
static class PostgresArchive
{
    /// <summary>A segment of the log is archived when it is full, or after this time.</summary>
    private static readonly TimeSpan Switch = TimeSpan.FromSeconds(60);

    /// <summary>Keeps each segment of the log in a folder.</summary>
    /// <param name="folder">The folder.</param>
    public static IReadOnlyList<string> Keep(string folder)
    {
        var (file, part) = ($"\"{folder}/%f\"", $"\"{folder}/%f.part\"");
        return
        [
            "archive_mode=on",
            string.Create(CultureInfo.InvariantCulture, $"archive_timeout={Switch.TotalSeconds}"),
            // Under its name a segment is complete. It may be there already, when PostgreSQL was stopped before it had noted that.
            $"archive_command=if [ -e {file} ]; then cmp -s \"%p\" {file}; "
                + $"else cp \"%p\" {part} && sync {part} && mv {part} {file} && sync \"{folder}\"; fi",
        ];
    }

    /// <summary>Recovers to an instant, then opens the database. Until then nobody can connect.</summary>
    /// <param name="folder">The archive.</param>
    /// <param name="until">The instant, included; null for the end of the archive.</param>
    public static IReadOnlyList<string> Recover(string folder, DateTimeOffset? until)
    {
        List<string> settings =
        [
            $"restore_command=cp \"{folder}/%f\" \"%p\"", "recovery_target_action=promote", "hot_standby=off",
            // What followed the base backup, not what followed an earlier restore to an instant before.
            "recovery_target_timeline=current",
            // Without a command nothing is archived yet; but the next start archives that there is a new timeline. A later restore must not
            // take the same number, or its log could never be archived beside the log of this one.
            "archive_mode=on",
        ];
        if (until is { } instant)
            settings.Add(string.Create(
                CultureInfo.InvariantCulture, $"recovery_target_time={instant.UtcDateTime:yyyy-MM-dd HH:mm:ss.ffffff}+00"));
        return settings;
    }
}
