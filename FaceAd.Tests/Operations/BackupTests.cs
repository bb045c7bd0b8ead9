using FaceAd.Bench;
using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Web.Data;
using FaceAd.Web.Data.Backups;
using FaceAd.Web.Metrics.Rollups;
using FaceAd.Web.Operations;
using FaceAd.Web.Privacy;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace FaceAd.Tests.Operations;

/// <summary>Backups of a real PostgreSQL, while facts are written.</summary>
public sealed class BackupTests
{
    private static readonly string Programs = Repository.PostgresIn(Support.Models.NodeModules);
    private readonly DataFolder _data = new(TestFolders.New("data"));
    private readonly BackupFolder _backup = BackupFolder.Of(Settings(TestFolders.New("backup")))!;

    private static int Epoch => Sample.Calendar.EpochOf(Sample.Calendar.DayOf(Sample.Noon));

    [Fact]
    public async Task Restore_ToATimeAfterTheDiskIsLost_HasEveryFactOfThenOnceAndNobodyWhoWasDestroyedSince()
    {
        Figures then;
        DateTimeOffset until;
        await using (var postgres = await StartAsync(_data))
        await using (var database = TestDatabase.Of(postgres))
        {
            await using (var db = database.Contexts.CreateDbContext()) await db.Database.MigrateAsync();
            await using var facts = new Facts(database, new SetClock(Sample.Noon.AddDays(1)));
            var (screen, creative) = await AddSiteAsync(database);
            await RideAsync(facts, screen, creative, 0, 3);
            Directory.CreateDirectory(_data.Media);
            Directory.CreateDirectory(_data.Keys);
            var (video, key) = (new string('a', 64) + ".mp4", "key-1.xml");
            await File.WriteAllTextAsync(Path.Combine(_data.Media, video), "a video");
            await File.WriteAllTextAsync(Path.Combine(_data.Keys, key), "a key");
            using var worker = new BackupWorker(
                _backup, _data, postgres, Ledger, TimeProvider.System, NullLogger<BackupWorker>.Instance);
            await worker.RunCycleAsync(default);
            Assert.Single(_backup.FindBases());

            await RideAsync(facts, screen, creative, 3, 6); // after the base backup: in the log only
            then = await FiguresAsync(database);
            Assert.Equal((6L, 6L, 6L), (then.Plays, then.Presences, then.Impressions));
            Assert.True(then.Persons > 0);
            until = await NowAsync(database);
            await RideAsync(facts, screen, creative, 6, 8);
            Assert.NotNull(await new EpochEraser(database.Source, TimeProvider.System, Ledger)
                .EraseAsync(screen.SiteId, Epoch, EpochEndReason.Erased, default));
            await facts.Recogniser.DropAsync(screen.SiteId);
            await RideAsync(facts, screen, creative, 8, 9);
            await worker.RunCycleAsync(default);
            Assert.Single(_backup.FindBases()); // one a day
            await ArchiveAsync(postgres);
        }
        Directory.Delete(_data.Root, recursive: true);

        var restored = new DataFolder(TestFolders.New("restored"));
        Assert.Equal(1, await BackupCommand.RestoreAsync(_backup, restored, Programs, until, default));

        await using var server = await EmbeddedPostgres.StartAsync(restored.Postgres, Programs);
        await using var again = TestDatabase.Of(server);
        var now = await FiguresAsync(again);
        Assert.Equal(then with { Persons = 0, Keys = 0 }, now);
        Assert.Empty(await new RollupAuditor(again.Source).CompareAsync());
        Assert.Equal("a video", await File.ReadAllTextAsync(Path.Combine(restored.Media, new string('a', 64) + ".mp4")));
        Assert.Equal("a key", await File.ReadAllTextAsync(Path.Combine(restored.Keys, "key-1.xml")));
        Assert.Single(ErasureLedger.Read(restored.Erased)); // and in the next restore
    }

    [Fact]
    public async Task Restore_WhatCannotBe_SaysWhyAndChangesNothing()
    {
        var early = await Assert.ThrowsAsync<StartException>(() =>
            BackupCommand.RestoreAsync(_backup, _data, Programs, Sample.Noon, default));
        Assert.Contains("no base backup from before", early.Message);
        Assert.Empty(Directory.GetFileSystemEntries(_data.Root));

        var kept = Directory.CreateDirectory(Path.Combine(_data.Postgres, "cluster"));
        var there = await Assert.ThrowsAsync<StartException>(() =>
            BackupCommand.RestoreAsync(_backup, _data, Programs, null, default));
        Assert.Contains("move it away", there.Message);
        Assert.True(kept.Exists);
    }

    [Fact]
    public async Task Prune_TheKeptTimeIsOver_LeavesWhatAnyInstantSinceNeeds()
    {
        await _backup.MakeAsync(PostgresProgram.BinOf(Programs), default);
        foreach (var (day, segment) in new[] { (1, "02"), (10, "05"), (20, "09") })
        {
            var cluster = Directory.CreateDirectory(Path.Combine(_backup.NewBase(Sample.Noon.AddDays(day)), "cluster"));
            await File.WriteAllTextAsync(Path.Combine(cluster.FullName, "backup_label"),
                $"START WAL LOCATION: 0/{segment}000028 (file 0000000100000000000000{segment})\nCHECKPOINT LOCATION: 0/0\n");
        }
        foreach (var segment in new[] { "03", "04", "05", "06" })
            await File.WriteAllTextAsync(Path.Combine(_backup.Log, $"0000000100000000000000{segment}"), "");
        await File.WriteAllTextAsync(Path.Combine(_backup.Log, "00000002.history"), "");

        _backup.Prune(_data, Sample.Noon.AddDays(10 + 14).AddHours(1)); // any of the last fourteen days begins with the one of day 10

        Assert.Equal([10, 20], _backup.FindBases().Select(b => (int)(b.CompletedAt - Sample.Noon).TotalDays));
        Assert.Equal(
            ["000000010000000000000005", "000000010000000000000006", "00000002.history"],
            Directory.GetFiles(_backup.Log).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Ledger_LineWasCutByAPowerCut_KeepsTheOthersAndCopiesWhatTheCopyLacks()
    {
        var (first, second) = (Guid.NewGuid(), Guid.NewGuid());
        Directory.CreateDirectory(Path.GetDirectoryName(_backup.Erased)!);
        Ledger.Add([first]);
        File.AppendAllText(_data.Erased, "\n0f8fad5b-d9cb");
        Ledger.Add([second]);
        Assert.Equal([first, second], ErasureLedger.Read(_data.Erased));
        Assert.Equal([first, second], ErasureLedger.Read(_backup.Erased));
    }

    [Theory]
    [InlineData("/backup/o'clock")]
    [InlineData("/backup/100 %f")]
    [InlineData("/backup/$(reboot)")]
    public void Of_FolderThatAShellWouldRead_IsRefused(string folder) =>
        Assert.Throws<StartException>(() => BackupFolder.Of(Settings(folder)));

    [Theory]
    [InlineData("--backup", "--Data:Folder", "/data")]
    [InlineData("--restore", "latest", "--Data:Folder", "/data")]
    [InlineData("--Data:Folder", "/data", "--restore", "2026-03-10T03:00:00Z")]
    public void SettingsOf_CommandBesideSettings_KeepsEverySetting(params string[] args) =>
        Assert.Equal(["--Data:Folder", "/data"], BackupCommand.SettingsOf(args));

    private ErasureLedger Ledger => new(_data.Erased, _backup.Erased);

    private static IConfiguration Settings(string folder) =>
        new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Backup:Folder"] = folder }).Build();

    private async Task<EmbeddedPostgres> StartAsync(DataFolder data)
    {
        await _backup.MakeAsync(PostgresProgram.BinOf(Programs), default);
        return await EmbeddedPostgres.StartAsync(data.Postgres, Programs, PostgresArchive.Keep(_backup.Log), default);
    }

    private static async Task<(ScreenEntry Screen, Guid Creative)> AddSiteAsync(TestDatabase database)
    {
        await using var db = database.Contexts.CreateDbContext();
        var (_, advertiser, screen, _) = await Sample.AddSiteAsync(db);
        var (_, creative) = await Sample.AddCampaignAsync(db, advertiser, [Segment.Men2030]);
        return (screen, creative.Id);
    }

    // People who each see a play.
    private static async Task RideAsync(Facts facts, ScreenEntry screen, Guid creative, int first, int end)
    {
        for (var i = first; i < end; i++)
        {
            var from = Sample.Noon.AddMinutes(i);
            var viewer = Sample.Viewer(Segment.Men2030, from, from.AddSeconds(30), inView: false,
                views: [Sample.Face(i, 0.3, i), Sample.Face(i, 0.3, 100 + i)]);
            await facts.SeeAsync(screen, Sample.Report(Guid.NewGuid(), 1, from, from.AddSeconds(30), AudienceState.Closed, viewer));
            var receipt = await facts.PlayAsync(screen, new PlayReport
            {
                PlayId = Guid.NewGuid(),
                CreativeId = creative,
                StartedAt = from,
                EndedAt = from.AddSeconds(10),
                End = PlayEnd.Completed,
                Measured = true,
                FramesPresented = 240,
            });
            Assert.Equal(1, receipt.Accepted);
        }
        await facts.UpdateExposuresAsync();
    }

    private static async Task<Figures> FiguresAsync(TestDatabase database)
    {
        await using var connection = await database.Source.OpenConnectionAsync();
        return (await connection.QueryAsync("""
            SELECT (SELECT count(*) FROM plays), (SELECT count(*) FROM presences), (SELECT count(*) FROM exposures),
                (SELECT count(DISTINCT play_id) FROM exposures), (SELECT coalesce(sum(impressions), 0)::bigint FROM campaign_totals),
                (SELECT count(*) FROM persons), (SELECT count(*) FROM epoch_keys)
            """, [],
            r => new Figures(r.GetInt64(0), r.GetInt64(1), r.GetInt64(2), r.GetInt64(3), r.GetInt64(4), r.GetInt64(5), r.GetInt64(6)),
            default))[0];
    }

    private static async Task<DateTimeOffset> NowAsync(TestDatabase database)
    {
        await using var connection = await database.Source.OpenConnectionAsync();
        return (await connection.QueryAsync("SELECT clock_timestamp()", [], r => r.GetFieldValue<DateTimeOffset>(0), default))[0];
    }

    // What a minute without a full segment does.
    private async Task ArchiveAsync(EmbeddedPostgres postgres)
    {
        await using var connection = new NpgsqlConnection(postgres.AdminConnectionString);
        await connection.OpenAsync();
        var segment = (await connection.QueryAsync(
            "SELECT pg_walfile_name(pg_switch_wal())", [], r => r.GetString(0), default))[0];
        await Wait.UntilAsync(() => File.Exists(Path.Combine(_backup.Log, segment)), "the log is archived");
    }

    private sealed record Figures(
        long Plays, long Presences, long Exposures, long ExposedPlays, long Impressions, long Persons, long Keys);
}
