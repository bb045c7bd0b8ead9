using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Web.Audiences;
using FaceAd.Web.Audiences.Persons;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using FaceAd.Web.Privacy;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace FaceAd.Tests.Privacy;

public sealed class EpochExpiryWorkerTests : IAsyncLifetime
{
    private readonly SetClock _clock = new(Sample.Noon);
    private TestDatabase _database = null!;
    private Facts _facts = null!;
    private ScreenEntry _screen = null!;
    private Creative _creative = null!;

    private static int Epoch => Sample.Calendar.EpochOf(Sample.Calendar.DayOf(Sample.Noon));

    private static DateTimeOffset Over => Sample.Calendar.StartOf(Sample.Calendar.LastDayOf(Epoch).AddDays(1)) + PrivacyTerms.Default.Grace;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _facts = new Facts(_database, _clock);
        await using var db = _database.Contexts.CreateDbContext();
        (_, var advertiser, _screen, _) = await Sample.AddSiteAsync(db);
        (_, _creative) = await Sample.AddCampaignAsync(db, advertiser, [Segment.Men2030]);
    }

    public async Task DisposeAsync()
    {
        await _facts.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task RunCycle_EpochAndGraceOver_NoTableHoldsAPersonATemplateOrAKey()
    {
        var persons = new[] { await RideAsync(1), await RideAsync(2) };
        await PlayAsync();
        await using (var command = _database.Source.CreateCommand(
            "CREATE TABLE later_stage (person_id uuid, day date); INSERT INTO later_stage SELECT id, '2026-03-10' FROM persons"))
            await command.ExecuteNonQueryAsync();
        // A presence whose person has no row: it was refused by the database.
        var orphan = Guid.NewGuid();
        var lonely = await RideAsync(3);
        await using (var command = _database.Source.CreateCommand(
            $"UPDATE presences SET person_id = '{orphan}' WHERE person_id = '{lonely}'"))
            await command.ExecuteNonQueryAsync();
        var secrets = await SecretsAsync([.. persons, orphan]);
        var before = await DumpAsync();
        Assert.All(secrets, secret => Assert.Contains(secret, before, StringComparison.Ordinal));

        _clock.Now = Over.AddSeconds(-1);
        Assert.Empty(await NewEnd().RunCycleAsync(default));
        _clock.Now = Over;
        var ending = Assert.Single(await NewEnd().RunCycleAsync(default));

        Assert.Equal((Epoch, EpochEndReason.Ended, 3), (ending.Epoch, ending.Reason, ending.Persons));
        var after = await DumpAsync();
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, after, StringComparison.Ordinal));
        await using var db = _database.Contexts.CreateDbContext();
        Assert.All(await db.Presences.AsNoTracking().ToListAsync(), p => Assert.Equal((null, Segment.Men2030), (p.PersonId, p.Segment)));
        var exposures = await db.Exposures.AsNoTracking().ToListAsync();
        Assert.Equal(2, exposures.Count);
        Assert.All(exposures, e => Assert.Equal((null, Segment.Men2030), (e.PersonId, e.Segment)));
        Assert.Empty(await NewEnd().RunCycleAsync(default));
    }

    [Fact]
    public async Task RunCycle_EpochOver_TheFileOfKeysDoesNotHoldTheKeyEither()
    {
        await RideAsync(1);
        await using var db = _database.Contexts.CreateDbContext();
        var key = (await db.EpochKeys.AsNoTracking().SingleAsync()).ProtectedKey;
        Assert.True((await FileAsync("epoch_keys")).AsSpan().IndexOf(key.AsSpan(16, 32)) >= 0);
        _clock.Now = Over;
        await EndAndSweepAsync();
        Assert.Equal(-1, (await FileAsync("epoch_keys")).AsSpan().IndexOf(key.AsSpan(16, 32)));
    }

    [Fact]
    public async Task RunCycle_EpochOverWhileAnotherDatabaseIsInATransaction_FreesTheSpaceAfterIt()
    {
        // It keeps what was deleted since it began, in every database of the server: a reader now may be as old as it is.
        await using NpgsqlConnection elsewhere = new(
            new NpgsqlConnectionStringBuilder(_database.ConnectionString) { Database = "postgres", Pooling = false }.ConnectionString);
        await elsewhere.OpenAsync();
        await using var transaction = await elsewhere.BeginTransactionAsync();
        await elsewhere.QueryAsync("SELECT pg_current_xact_id()::text", [], r => r.GetString(0), default);
        await RideAsync(1);
        await using var db = _database.Contexts.CreateDbContext();
        var key = (await db.EpochKeys.AsNoTracking().SingleAsync()).ProtectedKey;
        _clock.Now = Over;
        await NewEnd().RunCycleAsync(default);
        Assert.Empty(await db.EpochKeys.AsNoTracking().ToListAsync());
        Assert.True(await db.ErasureRecords.AnyAsync(e => e.SweptAt == null));

        await transaction.RollbackAsync();
        await EndAndSweepAsync();
        Assert.Equal(-1, (await FileAsync("epoch_keys")).AsSpan().IndexOf(key.AsSpan(16, 32)));
    }

    [Fact]
    public async Task EveryTable_WithAPersonId_IsKnownToTheEnd()
    {
        await using var connection = await _database.Source.OpenConnectionAsync();
        var all = await connection.QueryAsync("""
            SELECT table_name FROM information_schema.columns c
                JOIN pg_class k ON k.oid = format('%I.%I', table_schema, table_name)::regclass
            WHERE column_name LIKE '%person\_id%' AND table_schema NOT IN ('pg_catalog', 'information_schema') AND NOT k.relispartition
            """, [], r => r.GetString(0), default);
        var covered = (await EpochEraser.FindOtherTablesAsync(connection, default)).Select(t => t.Split('.')[^1])
            .Concat(["presences", "exposures"]);
        Assert.Equal(covered.Order(), all.Order());
    }

    [Fact]
    public async Task RunCycle_RunningEpoch_KeepsItsPersons()
    {
        var person = await RideAsync(1);
        var next = await RideAsync(1, Sample.Noon.AddDays(SiteCalendar.EpochDays));
        _clock.Now = Over;
        await NewEnd().RunCycleAsync(default);
        await using var db = _database.Contexts.CreateDbContext();
        Assert.Equal(next, (await db.Persons.SingleAsync()).Id);
        Assert.NotEqual(person, next);
        Assert.Equal(next, await RideAsync(1, Sample.Noon.AddDays(SiteCalendar.EpochDays)));
    }

    [Fact]
    public async Task Recognise_LateReportForAnEndedEpoch_GetsNobodyAndMakesNoKey()
    {
        await RideAsync(1);
        _clock.Now = Over;
        await NewEnd().RunCycleAsync(default);

        Assert.Null(await RideAsync(1));
        // A node whose clock is behind asks as well.
        _clock.Now = Sample.Noon;
        Assert.Null(await RideAsync(1));
        Assert.Null(await RideAsync(1, recogniser: Facts.NewRecogniser(_database, _clock)));
        await using var db = _database.Contexts.CreateDbContext();
        Assert.Equal((0, 0), (await db.Persons.CountAsync(), await db.EpochKeys.CountAsync()));
    }

    [Fact]
    public async Task EraseSite_RunningEpoch_KnownFaceIsANewPersonUnderANewKey()
    {
        var before = await RideAsync(1);
        Assert.Equal(before, await RideAsync(1));
        var key = await KeyAsync();

        var ending = Assert.Single(await NewEnd().EraseSiteAsync(_screen.SiteId, default));

        Assert.Equal((EpochEndReason.Erased, 1), (ending.Reason, ending.Persons));
        var after = await RideAsync(1);
        Assert.NotNull(after);
        Assert.NotEqual(before, after);
        Assert.NotEqual(key, await KeyAsync());
        Assert.Equal(after, await RideAsync(1));
    }

    [Fact]
    public async Task Erase_ByAnotherNode_WhatThisOneRemembersIsNotWritten()
    {
        var recognised = await RecogniseAsync(_facts.Recogniser, Report(1, Sample.Noon));
        Assert.Single(recognised.Recognition.NewPersons);
        await new EpochEraser(_database.Source, _clock).EraseAsync(_screen.SiteId, Epoch, EpochEndReason.Erased, default);

        await _facts.Store.WriteAsync([recognised], default);

        await using var db = _database.Contexts.CreateDbContext();
        Assert.Empty(await db.Persons.ToListAsync());
        Assert.Null((await db.Presences.SingleAsync()).PersonId);
        // A second later this node has noticed.
        _clock.Now = Sample.Noon.AddSeconds(1);
        var person = await RideAsync(1);
        Assert.NotNull(person);
        Assert.NotEqual(recognised.Recognition.NewPersons[0].Id, person);
    }

    [Fact]
    public async Task Erase_WhileAReportIsBeingWritten_WaitsForIt()
    {
        var recognised = await RecogniseAsync(_facts.Recogniser, Report(1, Sample.Noon));
        await using var connection = await _database.Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        Assert.Single(await EpochFence.HoldAsync(connection, [recognised.Recognition.Epoch!.Value], default));

        var erasing = new EpochEraser(_database.Source, _clock).EraseAsync(_screen.SiteId, Epoch, EpochEndReason.Erased, default);
        await Wait.UntilLockedAsync(_database.Source);
        Assert.False(erasing.IsCompleted);
        await transaction.CommitAsync();

        Assert.NotNull(await erasing);
        await using var later = await _database.Source.OpenConnectionAsync();
        await using var next = await later.BeginTransactionAsync();
        Assert.Empty(await EpochFence.HoldAsync(later, [recognised.Recognition.Epoch!.Value], default));
    }

    private EpochExpiryWorker NewEnd() => new(
        _database.Contexts, new EpochEraser(_database.Source, _clock), _facts.Recogniser, PrivacyTerms.Default, _clock,
        NullLogger<EpochExpiryWorker>.Instance);

    /// <summary>Until the space is free: a statistics run of the database may keep old rows for a moment.</summary>
    private async Task EndAndSweepAsync()
    {
        await using var db = _database.Contexts.CreateDbContext();
        await Wait.UntilAsync(async () =>
        {
            await NewEnd().RunCycleAsync(default);
            return !await db.ErasureRecords.AnyAsync(e => e.SweptAt == null);
        }, "the erased rows' space is free");
    }

    private static AudienceReport Report(int face, DateTimeOffset from)
    {
        var viewer = Sample.Viewer(
            Segment.Men2030, from, from.AddSeconds(10), inView: false, views: [Sample.Face(face, 0.2, 1), Sample.Face(face, 0.2, 2)]);
        return Sample.Report(Guid.NewGuid(), 1, from, viewer.To, AudienceState.Closed, viewer);
    }

    private async Task<(ScreenEntry Screen, AudienceReport Report, Recognition Recognition)> RecogniseAsync(
        PersonRecogniser recogniser, AudienceReport report) =>
        (_screen, report, await recogniser.RecogniseAsync(_screen, report));

    private async Task<Guid?> RideAsync(int face, DateTimeOffset? from = null, PersonRecogniser? recogniser = null)
    {
        var item = await RecogniseAsync(recogniser ?? _facts.Recogniser, Report(face, from ?? Sample.Noon));
        await _facts.Store.WriteAsync([item], default);
        return item.Recognition.PersonOf.Count == 0 ? null : item.Recognition.PersonOf.Single().Value;
    }

    private async Task PlayAsync()
    {
        await _facts.PlayAsync(_screen, new PlayReport
        {
            PlayId = Guid.NewGuid(),
            CreativeId = _creative.Id,
            StartedAt = Sample.Noon,
            EndedAt = Sample.Noon.AddSeconds(10),
            End = PlayEnd.Completed,
            Measured = true,
            FramesPresented = 10,
        });
        await _facts.UpdateExposuresAsync();
    }

    private async Task<Guid> KeyAsync()
    {
        await using var db = _database.Contexts.CreateDbContext();
        return (await db.EpochKeys.AsNoTracking().SingleAsync()).Id;
    }

    /// <summary>Identities, templates and the key, as the text of a row shows them.</summary>
    private async Task<List<string>> SecretsAsync(IEnumerable<Guid?> persons)
    {
        await using var db = _database.Contexts.CreateDbContext();
        List<string> secrets = [.. persons.Select(p => p!.Value.ToString())];
        foreach (var template in await db.Persons.Select(p => p.Template).ToListAsync())
        {
            for (var at = 0; at + 32 <= template.Length; at += 512) secrets.Add(Convert.ToHexStringLower(template.AsSpan(at, 32)));
        }
        var key = await db.EpochKeys.SingleAsync();
        secrets.Add(Convert.ToHexStringLower(key.ProtectedKey.AsSpan(16, 32)));
        secrets.Add(key.Id.ToString());
        return secrets;
    }

    /// <summary>Every row of every table, with binary columns as hexadecimal digits.</summary>
    private async Task<string> DumpAsync()
    {
        await using var connection = await _database.Source.OpenConnectionAsync();
        var tables = await connection.QueryAsync("""
            SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
            """, [], r => r.GetString(0), default);
        Assert.Contains("public.exposures", tables);
        List<string> rows = [];
        foreach (var table in tables)
            rows.AddRange(await connection.QueryAsync($"SELECT t::text FROM {table} t", [], r => r.GetString(0), default));
        return string.Join('\n', rows);
    }

    private async Task<byte[]> FileAsync(string table)
    {
        await using var connection = new NpgsqlConnection(_database.AdminConnectionString);
        await connection.OpenAsync();
        await connection.ExecuteAsync("CHECKPOINT", [], default);
        return (await connection.QueryAsync($"SELECT pg_read_binary_file(pg_relation_filepath('{table}'))", [], r =>
            r.GetFieldValue<byte[]>(0), default))[0];
    }
}
