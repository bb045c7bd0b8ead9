using System.Diagnostics.Metrics;
using FaceAd.Bench;
using FaceAd.Bench.Screens;
using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Decisions;
using FaceAd.Web.Frames;
using FaceAd.Web.Players;
using FaceAd.Web.Plays;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace FaceAd.Tests.Plays;

/// <summary>
/// Honest players lose no play, whatever happens: plays end to end, cut off or failed; players and nodes that start again; outages of
/// weeks; clocks that are off and drift; reports sent late, twice and through either node.
/// </summary>
public sealed class HonestHistoryTests : IAsyncLifetime
{
    private const int Plays = 900;

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly EphemeralDataProtectionProvider _ring = new();
    private readonly SetClock _clock = new(Sample.Noon);
    private readonly PlayerKeys _keys = new();
    private TestDatabase _database = null!;
    private ScreenEntry _screen = null!;
    private Creative _ad = null!, _house = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        await using var db = _database.Contexts.CreateDbContext();
        (_, var advertiser, _screen, _) = await Sample.AddSiteAsync(db);
        (_, _ad) = await Sample.AddCampaignAsync(db, advertiser, [Segment.Men2030]);
        _house = new Creative
        {
            OrganisationId = advertiser.Id,
            Name = "House",
            Sha256 = new string('b', 64),
            Bytes = 1,
            Seconds = 15,
            Width = 640,
            Height = 360,
            CreatedAt = Sample.Noon,
        };
        db.Add(_house);
        await db.SaveChangesAsync();
    }

    public async Task DisposeAsync()
    {
        await _services.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Commit_HonestHistory_LosesNoPlay(int seed)
    {
        var random = new Random(seed);
        await using var source = new NpgsqlDataSourceBuilder(_database.ConnectionString).Build();
        List<Node> nodes = [await StartAsync(source), await StartAsync(source)];
        var told = new Dictionary<Guid, PlayReport>();
        var sent = new List<PlayReport>();
        var waiting = new Queue<PlayReport>();
        var player = new HonestPlayer(random, Sample.Noon.AddDays(-34));
        var accepted = 0;
        while (told.Count < Plays)
        {
            var owner = nodes[random.Next(2)];
            var plays = player.Play(random.Next(1, 40), at => owner.Decisions.Make(_screen.Id, _ad.Id, at), _ad, _house);
            foreach (var play in _keys.Sign(_screen.Id, plays))
            {
                told.Add(play.PlayId, play);
                waiting.Enqueue(play);
            }
            // An outage: the reports wait on the player's disk, with an even seed to the end.
            if (told.Count < Plays && (seed % 2 == 0 || random.Next(3) == 0)) continue;
            _clock.Now = player.Truth + TimeSpan.FromSeconds(random.Next(3));
            while (waiting.Count > 0)
            {
                List<PlayReport> batch = [];
                var size = random.Next(1, PlayReport.MaxBatch);
                while (batch.Count < size && waiting.TryDequeue(out var next)) batch.Add(next);
                sent.AddRange(batch);
                if (random.Next(4) == 0) batch.Add(sent[random.Next(sent.Count)]); // its reply was lost
                if (random.Next(20) == 0) nodes[random.Next(2)] = await StartAsync(source);
                var node = nodes[random.Next(10) == 0 ? 1 : 0];
                var answer = node.Intake.CommitAsync(_screen, [.. batch.DistinctBy(p => p.PlayId)], default);
                await Wait.UntilAsync(async () =>
                {
                    await node.Intake.RunCycleAsync(default);
                    return answer.IsCompleted; // its checks may ask the database before it is queued
                }, "the reports are answered");
                var receipt = await answer;
                Assert.Equal((0, 0), (receipt.Disputed, receipt.Refused.Count));
                accepted += receipt.Accepted;
            }
        }
        await using var db = _database.Contexts.CreateDbContext();
        var rows = await db.Plays.AsNoTracking().ToListAsync();
        Assert.Equal((told.Count, accepted), (rows.Count, rows.Count));
        Assert.All(rows, r => Assert.Equal(told[r.Id].Measured, r.Measured));
        Assert.Empty(await db.Set<DisputedPlay>().ToListAsync());
    }

    private async Task<Node> StartAsync(NpgsqlDataSource source)
    {
        var decisions = Facts.NewSeals(source, _ring);
        await decisions.StartAsync(default);
        var meters = _services.GetRequiredService<IMeterFactory>();
        var intake = new PlayIntake(
            new PlayChecks(
                new PlayedCreatives(source), decisions, Facts.NewPlaySeals(source, _clock), new ConnectedTimes(), new AnalysisGaps(),
                _clock),
            new PlayStore(source, meters), _clock, meters, NullLogger<PlayIntake>.Instance);
        return new Node(decisions, intake);
    }

    private sealed record Node(DecisionSeals Decisions, PlayIntake Intake);
}
