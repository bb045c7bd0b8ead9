using FaceAd.Web.Hosting;
using Npgsql;

namespace FaceAd.Web.Data.Backups;

/// <summary>
/// Takes base backups of the running embedded PostgreSQL, which comes without pg_basebackup: by PostgreSQL's functions for that, and a copy
/// of its files. Files that change meanwhile are made whole by the write-ahead log.
/// </summary>
static class BaseBackups
{
    /// <summary>How the name of one that is not complete begins.</summary>
    public const string Unfinished = "unfinished-";

    // A checkpoint, and then the wait for the last segment in the archive.
    private const int PatienceSeconds = 600;

    // What PostgreSQL writes anew when it starts, or must not find; from its manual, "Backing Up the Data Directory".
    private static readonly string[] LeftOut = ["postmaster.pid", "postmaster.opts", "recovery.signal", "standby.signal"];
    private static readonly string[] Emptied =
        ["pg_wal", "pg_replslot", "pg_dynshmem", "pg_notify", "pg_serial", "pg_snapshots", "pg_stat_tmp", "pg_subtrans"];

    private const UnixFileMode OwnersOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Takes a base backup.</summary>
    /// <param name="postgres">The server; it archives its log in <paramref name="backup"/>.</param>
    /// <param name="folder">Folder of its cluster and passwords.</param>
    /// <param name="backup">Where to.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="StartException">The server archives nothing: it was started without a folder of backups.</exception>
    /// <exception cref="NpgsqlException">The server does not answer, or cannot archive.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static async Task<BaseBackup> TakeAsync(
        EmbeddedPostgres postgres, string folder, BackupFolder backup, TimeProvider time, CancellationToken cancellation)
    {
        var part = Path.Combine(backup.Bases, Unfinished + Guid.NewGuid().ToString("N"));
        // One session from start to stop: when it ends, PostgreSQL gives the backup up.
        await using var session = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(postgres.AdminConnectionString)
        {
            Pooling = false,
            CommandTimeout = PatienceSeconds,
        }.ConnectionString);
        await session.OpenAsync(cancellation);
        if ((await session.QueryAsync("SHOW archive_mode", [], r => r.GetString(0), cancellation)) is not ["on"])
            throw new StartException("The running FaceAd was started without Backup:Folder; restart it with the setting.");
        try
        {
            await session.ExecuteAsync("SELECT pg_backup_start('facead', true)", [], cancellation);
            await Task.Run(() => Copy(Path.Combine(folder, "cluster"), Path.Combine(part, "cluster"), cancellation), cancellation);
            var label = (await session.QueryAsync(
                "SELECT labelfile FROM pg_backup_stop(true)", [], r => r.GetString(0), cancellation))[0];
            await File.WriteAllTextAsync(Path.Combine(part, "cluster", "backup_label"), label, cancellation);
            foreach (var password in new[] { PostgresRoles.AdminFile, PostgresRoles.AppFile })
                File.Copy(Path.Combine(folder, password), Path.Combine(part, password));
            var synced = await PostgresProgram.RunAsync("sync", ["-f", part], cancellation);
            if (synced.Code != 0) throw new IOException($"{part} could not be written to its disk: {synced.Output}");
            var complete = backup.NewBase(time.GetUtcNow());
            Directory.Move(part, complete);
            return backup.FindBases().Single(b => b.Path == complete);
        }
        catch
        {
            if (Directory.Exists(part)) Directory.Delete(part, recursive: true);
            throw;
        }
    }

    /// <summary>Copies a cluster's files, without those that a server finds in its way.</summary>
    internal static void Copy(string from, string to, CancellationToken cancellation)
    {
        Directory.CreateDirectory(to, OwnersOnly);
        foreach (var entry in new DirectoryInfo(from).EnumerateFileSystemInfos())
        {
            cancellation.ThrowIfCancellationRequested();
            var copy = Path.Combine(to, entry.Name);
            if (LeftOut.Contains(entry.Name) || entry.Name.StartsWith("pgsql_tmp", StringComparison.Ordinal)
                || entry.Name.StartsWith("pg_internal.init", StringComparison.Ordinal)) continue;
            try
            {
                if (entry is FileInfo file) file.CopyTo(copy);
                else if (Emptied.Contains(entry.Name)) Directory.CreateDirectory(copy, OwnersOnly);
                else Copy(entry.FullName, copy, cancellation);
            }
            catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
            {
                // A table was dropped meanwhile; the log says so, too.
            }
        }
    }
}
