using System.Globalization;
using FaceAd.Web.Data;
using FaceAd.Web.Data.Backups;
using FaceAd.Web.Hosting;
using FaceAd.Web.Privacy;
using Npgsql;

namespace FaceAd.Web.Operations;

/// <summary>
/// <c>--backup</c> and <c>--restore TIME</c> of the web app: takes a base backup beside the running app, or makes a data folder as it was
/// at an instant, prints the result and exits.
/// </summary>
static class BackupCommand
{
    private const string Backup = "--backup", Restore = "--restore", Latest = "latest";

    /// <summary>The arguments that are settings; see <see cref="Metrics.Rollups.RollupCommand.SettingsOf"/>.</summary>
    public static string[] SettingsOf(string[] args)
    {
        var restore = Array.IndexOf(args, Restore);
        return [.. args.Where((arg, i) => arg != Backup && (restore < 0 || (i != restore && i != restore + 1)))];
    }

    /// <summary>Runs the command that the arguments name.</summary>
    /// <returns>Whether they name one.</returns>
    /// <exception cref="StartException">It cannot be done; the message says why.</exception>
    public static async Task<bool> RunAsync(
        WebApplicationBuilder builder, DataFolder data, string[] args, CancellationToken cancellation = default)
    {
        var restore = Array.IndexOf(args, Restore);
        if (restore < 0 && !args.Contains(Backup)) return false;
        var backup = BackupFolder.Of(builder.Configuration) ?? throw new StartException("Set Backup:Folder to the folder of backups.");
        string done;
        try
        {
            if (restore < 0)
            {
                await using var postgres = await builder.JoinDatabaseAsync(data)
                    ?? throw new StartException("There is no embedded PostgreSQL.");
                backup.CopyFiles(data, TimeProvider.System.GetUtcNow());
                var taken = await BaseBackups.TakeAsync(postgres, data.Postgres, backup, TimeProvider.System, cancellation);
                done = $"{taken.Path} is complete.";
            }
            else
            {
                var programs = ProgramFolder.Find(builder.Configuration, "Postgres:Folder", "postgres");
                var until = UntilOf(args.ElementAtOrDefault(restore + 1));
                var erased = await RestoreAsync(backup, data, programs, until, cancellation);
                done = $"{data.Root} is restored. Destroyed again: the person records of {erased} epochs. Start FaceAd on it.";
            }
        }
        catch (NpgsqlException exception)
        {
            throw new StartException($"PostgreSQL: {exception.Message}");
        }
#pragma warning disable RS0030 // a command line writes to the console
        Console.WriteLine(done);
#pragma warning restore RS0030
        return true;
    }

    /// <summary>Makes a data folder as it was at an instant.</summary>
    /// <param name="backup">The backups.</param>
    /// <param name="data">The folder; it has no database yet.</param>
    /// <param name="programs">Folder of PostgreSQL's programs.</param>
    /// <param name="until">The instant; null for the latest.</param>
    /// <param name="cancellation">Cancels the operation, and leaves a folder that does not start.</param>
    /// <returns>How many epochs had been destroyed since that instant, and are destroyed again.</returns>
    /// <exception cref="StartException">There is a database already, no backup from before that instant, or PostgreSQL could not
    /// recover.</exception>
    internal static async Task<int> RestoreAsync(
        BackupFolder backup, DataFolder data, string programs, DateTimeOffset? until, CancellationToken cancellation)
    {
        var cluster = Path.Combine(data.Postgres, "cluster");
        if (Directory.Exists(cluster))
            throw new StartException($"{cluster} exists: move it away, or restore into another Data:Folder.");
        var bases = backup.FindBases();
        // The latest by the log, since a clock may have been wrong.
        var origin = (until is null ? bases.MaxBy(b => b.FirstSegment, StringComparer.Ordinal)
            : bases.LastOrDefault(b => b.CompletedAt <= until))
            ?? throw new StartException(until is null
                ? $"{backup.Bases} has no base backup." : $"{backup.Bases} has no base backup from before {until:u}.");
        data.Demand();
        await PostgresCluster.MakeFolderAsync(data.Postgres, PostgresProgram.BinOf(programs), cancellation);
        foreach (var password in new[] { PostgresRoles.AdminFile, PostgresRoles.AppFile })
            File.Copy(Path.Combine(origin.Path, password), Path.Combine(data.Postgres, password), overwrite: true);
        BaseBackups.Copy(Path.Combine(origin.Path, "cluster"), cluster, cancellation);
        // With this file, and without the settings of the recovery, PostgreSQL does not start: half a restore is none.
        await File.WriteAllTextAsync(Path.Combine(cluster, "recovery.signal"), "", cancellation);
        if (PostgresProgram.IsRoot)
            await PostgresProgram.RunAsync("chown", ["-R", PostgresProgram.Account, data.Postgres], cancellation);
        backup.RestoreFiles(data, TimeProvider.System.GetUtcNow());
        await using var postgres = await EmbeddedPostgres.StartAsync(
            data.Postgres, programs, PostgresArchive.Recover(backup.Log, until), cancellation);
        await using var database = NpgsqlDataSource.Create(postgres.ConnectionString);
        return await DestroyAgainAsync(database, ErasureLedger.Read(data.Erased), cancellation);
    }

    private static async Task<int> DestroyAgainAsync(NpgsqlDataSource database, IReadOnlyList<Guid> keys, CancellationToken cancellation)
    {
        List<(Guid SiteId, int Epoch)> epochs;
        await using (var connection = await database.OpenConnectionAsync(cancellation))
        {
            epochs = await connection.QueryAsync(
                "SELECT site_id, epoch FROM epoch_keys WHERE id = ANY ($1)", [keys.ToArray()], r => (r.GetGuid(0), r.GetInt32(1)),
                cancellation);
        }
        var eraser = new EpochEraser(database, TimeProvider.System);
        // Those of them that are over will be ended when FaceAd starts.
        foreach (var (site, epoch) in epochs) await eraser.EraseAsync(site, epoch, EpochEndReason.Erased, cancellation);
        await eraser.SweepAsync(cancellation);
        return epochs.Count;
    }

    private static DateTimeOffset? UntilOf(string? text) =>
        text == Latest ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) ? instant
        : throw new StartException($"--restore {text} is neither a time, such as 2026-03-10T03:00:00Z, nor '{Latest}'.");
}
