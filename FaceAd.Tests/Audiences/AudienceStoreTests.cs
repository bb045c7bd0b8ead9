using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Web.Audiences;
using FaceAd.Web.Audiences.Persons;
using FaceAd.Web.Data;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FaceAd.Tests.Audiences;

/// <summary>Batches of reports, late, twice and out of order, leave the rows that the reports one by one leave.</summary>
public sealed class AudienceStoreTests : IAsyncLifetime
{
    private static readonly Guid[] Persons = [.. Enumerable.Range(0, 4).Select(_ => Guid.NewGuid())];
    private TestDatabase _batches = null!;
    private TestDatabase _single = null!;

    public async Task InitializeAsync() => (_batches, _single) = (await TestDatabase.CreateAsync(), await TestDatabase.CreateAsync());

    public async Task DisposeAsync()
    {
        await _batches.DisposeAsync();
        await _single.DisposeAsync();
    }

    [Fact]
    public async Task WriteAsync_AnyReportsInAnyBatches_LeavesTheRowsOfTheReportsOneByOne()
    {
        var (a, b) = await AddScreensAsync();
        await using var batches = new NpgsqlDataSourceBuilder(_batches.ConnectionString).Build();
        await using var single = new NpgsqlDataSourceBuilder(_single.ConnectionString).Build();
        var store = new AudienceStore(batches);
        for (var seed = 1; seed <= 12; seed++)
        {
            var random = new Random(seed);
            var told = Enumerable.Range(0, 12).SelectMany(_ => History(random, random.Next(2) == 0 ? a : b)).ToList();
            told = [.. told.Concat(told.Where(_ => random.Next(4) == 0)).OrderBy(_ => random.Next())];
            for (var done = 0; done < told.Count;)
            {
                // The worker clears the marks now and then; both ways must set the same ones again.
                if (random.Next(3) == 0)
                {
                    await ExecuteAsync(batches, "UPDATE presences SET exposures_due = false");
                    await ExecuteAsync(single, "UPDATE presences SET exposures_due = false");
                }
                var batch = told.Skip(done).Take(random.Next(1, 30)).ToList();
                done += batch.Count;
                await store.WriteAsync(batch, default);
                foreach (var (screen, report, recognition) in batch) await OneByOneStore.WriteAsync(single, screen, report, recognition);
                await AssertSameAsync($"seed {seed}, {done} reports");
            }
            await AssertAttentionAsync(told);
        }
    }

    [Fact]
    public async Task WriteAsync_SeveralWritersAtOnce_LoseNoAttentionAndDoNotDeadlock()
    {
        var (a, b) = await AddScreensAsync();
        await using var database = new NpgsqlDataSourceBuilder(_batches.ConnectionString).Build();
        var store = new AudienceStore(database);
        var random = new Random(99);
        var told = Enumerable.Range(0, 60).SelectMany(_ => History(random, random.Next(2) == 0 ? a : b)).ToList();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async writer =>
        {
            var shuffle = new Random(writer);
            foreach (var chunk in told.Where((_, i) => i % 4 == writer).OrderBy(_ => shuffle.Next()).Chunk(20))
                await store.WriteAsync(chunk, default);
        }));
        await AssertAttentionAsync(told);
    }

    // The site and screens of one database, in the other as well.
    private async Task<(ScreenEntry A, ScreenEntry B)> AddScreensAsync()
    {
        await using var db = _batches.Contexts.CreateDbContext();
        await using var other = _single.Contexts.CreateDbContext();
        var (site, advertiser, a, b) = await Sample.AddSiteAsync(db);
        var screens = await db.Screens.AsNoTracking().Where(s => s.SiteId == site.Id).ToListAsync();
        other.AddRange(site, advertiser);
        other.AddRange(screens);
        foreach (var context in new[] { db, other })
        {
            foreach (var person in Persons)
                context.Add(
                    new Person
                    {
                        Id = person,
                        SiteId = site.Id,
                        Epoch = 1,
                        Segment = Segment.Unknown,
                        FirstSeenAt = Sample.Noon,
                        Template = [1],
                    });
            await context.SaveChangesAsync();
        }
        return (a, b);
    }

    // An audience of up to three viewers, whose reports are consistent but for the order in which they arrive.
    private static IEnumerable<(ScreenEntry, AudienceReport, Recognition)> History(Random random, ScreenEntry screen)
    {
        var (audience, from) = (Guid.NewGuid(), Sample.Noon.AddMilliseconds(random.Next(60_000)));
        var viewers = Enumerable.Range(0, random.Next(1, 4))
            .Select(_ => (Id: Guid.NewGuid(), Person: random.Next(3) == 0 ? (Guid?)null : Persons[random.Next(4)])).ToList();
        var (at, attentive) = (from, 0.0);
        for (var sequence = 1; sequence <= random.Next(2, 9); sequence++)
        {
            var step = random.Next(1500) / 1000.0;
            at = at.AddSeconds(step);
            attentive += step * random.Next(3) / 2;
            var present = viewers.Where(_ => random.Next(6) > 0).ToList();
            var report = Sample.Report(
                audience, sequence, from, at, random.Next(8) == 0 ? AudienceState.Closed : AudienceState.Open,
                [.. present.Select((v, i) =>
                    Sample.Viewer((Segment)random.Next(1, 7), from, at, i + 1, 0.5 + (random.NextDouble() / 2),
                        id: v.Id) with { SecondsAttentive = attentive })]);
            var persons = present.Where(v => v.Person is not null && random.Next(3) > 0).ToList();
            yield return (screen, report, new Recognition(
                persons.ToDictionary(v => v.Id, v => v.Person!.Value), [],
                persons.Where(_ => random.Next(3) == 0).Select(v => v.Person!.Value).Distinct()
                    .ToDictionary(p => p, _ => new[] { (byte)random.Next(256) }),
                persons.Where(_ => random.Next(3) == 0).Select(v => v.Person!.Value).Distinct()
                    .ToDictionary(p => p, _ => (Segment)random.Next(1, 7))));
        }
    }

    private async Task AssertSameAsync(string when)
    {
        foreach (var sql in new[]
        {
            "SELECT screen_id, id, opened_at, at, state, sequence, model_version FROM audiences ORDER BY 1, 2",
            "SELECT screen_id, id, audience_id, sequence, seen_from, seen_to, seconds_attentive, segment, confidence, child_probability, person_id FROM presences ORDER BY 1, 2",
            "SELECT id, segment, template FROM persons ORDER BY 1",
        })
        {
            var (expected, rows) = (await RowsAsync(_single, sql), await RowsAsync(_batches, sql));
            Assert.True(expected.SequenceEqual(rows), $"{when}: {sql}\n{string.Join('\n', expected.Except(rows).Take(3))}\nbut\n{string.Join('\n', rows.Except(expected).Take(3))}");
        }
        // A late report may mark a presence whose attention it knows better; whatever is marked one by one must be marked here.
        const string due = "SELECT screen_id, id FROM presences WHERE exposures_due";
        Assert.Empty((await RowsAsync(_single, due)).Except(await RowsAsync(_batches, due)));
    }

    private async Task AssertAttentionAsync(List<(ScreenEntry Screen, AudienceReport Report, Recognition)> told)
    {
        await using var db = _batches.Contexts.CreateDbContext();
        var presences = await db.Presences.AsNoTracking().ToDictionaryAsync(p => p.Id);
        foreach (var presence in told.SelectMany(t => t.Report.Presences).GroupBy(p => p.PresenceId))
        {
            var naive = presence.Select(p => ((float)(p.To - p.From).TotalSeconds, (float)p.SecondsAttentive)).Where(s => s.Item1 > 0)
                .Distinct().Order();
            Assert.Equal(naive, presences[presence.Key].AttentionAt.Zip(presences[presence.Key].AttentionSeconds));
            var newest = told.Where(t => t.Report.Presences.Any(p => p.PresenceId == presence.Key)).MaxBy(t => t.Report.Sequence).Report;
            Assert.Equal(newest.Sequence, presences[presence.Key].Sequence);
        }
    }

    private static async Task<List<string>> RowsAsync(TestDatabase database, string sql)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        return await connection.QueryAsync($"SELECT t::text FROM ({sql}) t", [], r => r.GetString(0), default);
    }

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
