using FaceAd.Bench;
using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Web.Data;
using FaceAd.Web.Data.Backups;
using FaceAd.Web.Hosting;
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
        DateTimeOffset until, later;
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
            later = await NowAsync(database);
            Assert.NotNull(await new EpochEraser(database.Source, TimeProvider.System, Ledger)
                .EraseAsync(screen.SiteId, Epoch, EpochEndReason.Erased, default));
            await facts.Recogniser.DropAsync(screen.SiteId);
            await RideAsync(facts, screen, creative, 8, 9);
            await worker.RunCycleAsync(default);
            Assert.Single(_backup.FindBases()); // one a day
            await ArchiveAsync(postgres, _data);
        }
        Directory.Delete(_data.Root, recursive: true);

        var restored = new DataFolder(TestFolders.New("restored"));
        Assert.Equal(1, await BackupCommand.RestoreAsync(_backup, restored, Programs, until, default));

        await using (var server = await StartAsync(restored))
        await using (var again = TestDatabase.Of(server))
        {
            Assert.Equal(then with { Persons = 0, Keys = 0 }, await FiguresAsync(again));
            Assert.Empty(await new RollupAuditor(again.Source).CompareAsync());
            await ArchiveAsync(server, restored);
        }
        Assert.Equal("a video", await File.ReadAllTextAsync(Path.Combine(restored.Media, new string('a', 64) + ".mp4")));
        Assert.Equal("a key", await File.ReadAllTextAsync(Path.Combine(restored.Keys, "key-1.xml")));
        Assert.Single(ErasureLedger.Read(restored.Erased)); // and in the next restore

        // That was the wrong instant: what came after it can still be had, and backups of the second restore go on.
        var second = new DataFolder(TestFolders.New("second"));
        Assert.Equal(1, await BackupCommand.RestoreAsync(_backup, second, Programs, later, default));
        await using var other = await StartAsync(second);
        await using var corrected = TestDatabase.Of(other);
        Assert.Equal(8, (await FiguresAsync(corrected)).Plays);
        await ArchiveAsync(other, second);
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
        // 12: restored; 3000: by a wrong clock, before that of day 10; 4000: by one that is wrong now
        foreach (var (day, segment) in new[] { (1, "02"), (10, "05"), (12, "04"), (20, "09"), (3000, "01"), (4000, "08") })
            await AddBaseAsync(day, segment);
        foreach (var segment in new[] { "03", "04", "05", "06" })
            await File.WriteAllTextAsync(Path.Combine(_backup.Log, $"0000000100000000000000{segment}"), "");
        await File.WriteAllTextAsync(Path.Combine(_backup.Log, "00000002.history"), "");
        var halfDeleted = Directory.CreateDirectory(_backup.NewBase(Sample.Noon)); // by a Prune that a power cut ended
        Directory.SetLastWriteTimeUtc(halfDeleted.FullName, Sample.Noon.UtcDateTime);

        _backup.Prune(_data, Sample.Noon.AddDays(10 + 14).AddHours(1)); // any of the last fourteen days begins with the one of day 10

        Assert.False(Directory.Exists(halfDeleted.FullName));
        Assert.Equal([10, 12, 20, 4000], _backup.FindBases().Select(b => (int)(b.CompletedAt - Sample.Noon).TotalDays));
        Assert.Equal(
            ["000000010000000000000004", "000000010000000000000005", "000000010000000000000006", "00000002.history"],
            Directory.GetFiles(_backup.Log).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task IsBaseDue_LastOneWasTakenByAClockFarAhead_IsDueAllTheSameAndThenOnceADay()
    {
        await AddBaseAsync(4000, "02");
        Assert.True(_backup.IsBaseDue(1, Sample.Noon));
        await AddBaseAsync(0, "03");
        Assert.False(_backup.IsBaseDue(1, Sample.Noon.AddHours(23)));
        Assert.True(_backup.IsBaseDue(1, Sample.Noon.AddHours(25)));
        Assert.True(_backup.IsBaseDue(2, Sample.Noon.AddHours(23))); // restored
    }

    [Fact]
    public async Task Claim_APowerCutLeftItEmpty_IsClaimedAgainAndThenRefusesOthers()
    {
        await _backup.MakeAsync(PostgresProgram.BinOf(Programs), default);
        await File.WriteAllTextAsync(Path.Combine(_backup.Bases, "..", "system"), "");
        _backup.Claim("1");
        _backup.Claim("1");
        Assert.Throws<StartException>(() => _backup.Claim("2"));
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

    private async Task AddBaseAsync(int day, string segment)
    {
        var cluster = Directory.CreateDirectory(Path.Combine(_backup.NewBase(Sample.Noon.AddDays(day)), "cluster"));
        await File.WriteAllTextAsync(Path.Combine(cluster.FullName, "backup_label"),
            $"START WAL LOCATION: 0/{segment}000028 (file 0000000100000000000000{segment})\nCHECKPOINT LOCATION: 0/0\n");
    }

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
    private static async Task ArchiveAsync(EmbeddedPostgres postgres, DataFolder data)
    {
        await using var connection = new NpgsqlConnection(postgres.AdminConnectionString);
        await connection.OpenAsync();
        var segment = (await connection.QueryAsync(
            "SELECT pg_walfile_name(pg_switch_wal())", [], r => r.GetString(0), default))[0];
        var done = Path.Combine(data.Postgres, "cluster", "pg_wal", "archive_status", segment + ".done");
        await Wait.UntilAsync(() => File.Exists(done), "the log is archived");
    }

    private sealed record Figures(
        long Plays, long Presences, long Exposures, long ExposedPlays, long Impressions, long Persons, long Keys);
}
