using System.Collections.Concurrent;
using FaceAd.Tests.Support;
using FaceAd.Web.Cluster;
using FaceAd.Web.Data;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace FaceAd.Tests.Cluster;

/// <summary>The news table, its notifier and its listener, on a real PostgreSQL.</summary>
public sealed class NewsTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = Wait.Limit;
    private TestDatabase _database = null!;
    private NpgsqlDataSource _source = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _source = new NpgsqlDataSourceBuilder(_database.ConnectionString).Build();
    }

    public async Task DisposeAsync()
    {
        await _source.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task AddAsync_RowOfTheSameThingIsThere_IsToldAgainAfterTheCommit()
    {
        var campaign = Guid.NewGuid();
        await CommitAsync(campaign);
        await using var writer = await _source.OpenConnectionAsync();
        await using var drainer = await _source.OpenConnectionAsync();
        await using (var open = await writer.BeginTransactionAsync())
        {
            await News.AddAsync(writer, NewsKind.Campaign, [campaign], default);
            Assert.Equal(1, await CountAsync()); // nothing was added
            Assert.Equal(1, await NewsNotifier.DrainAsync(drainer, default)); // what was committed before is told without waiting
            await open.CommitAsync();
        }
        Assert.Equal(1, await NewsNotifier.DrainAsync(drainer, default)); // and once more, with what the second transaction wrote
        Assert.Equal(0, await NewsNotifier.DrainAsync(drainer, default));
        Assert.Equal(0, await CountAsync());
    }

    [Fact]
    public async Task AddAsync_RowIsBeingDeleted_NeitherWaitsNorIsLost()
    {
        var campaign = Guid.NewGuid();
        await CommitAsync(campaign);
        await using var drainer = await _source.OpenConnectionAsync();
        await using var deleting = await drainer.BeginTransactionAsync();
        await drainer.ExecuteAsync("DELETE FROM news", [], default);
        await CommitAsync(campaign).WaitAsync(Patience);
        await deleting.CommitAsync();
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task AddAsync_RolledBack_IsNotTold()
    {
        await using var connection = await _source.OpenConnectionAsync();
        await using (await connection.BeginTransactionAsync()) await News.AddAsync(connection, NewsKind.Site, [Guid.NewGuid()], default);
        Assert.Equal(0, await NewsNotifier.DrainAsync(connection, default));
    }

    [Fact]
    public async Task AddAsync_NobodyDrains_TheTableHoldsEachThingOnce()
    {
        Guid[] campaigns = [Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid()];
        for (var i = 0; i < 100; i++) await CommitAsync(campaigns);
        Assert.Equal(campaigns.Length, await CountAsync());
    }

    /// <summary>
    /// Writers count things up and add news; a listener reads a thing whenever it hears of it. If any news were lost, what it read last of
    /// some thing would be less than what is there in the end.
    /// </summary>
    [Fact]
    public async Task Drain_ManyWritersAtOnce_WhatIsReadOnHearingIsTheEnd()
    {
        const int Writers = 6, Rounds = 160, RoundsOfAThing = 2;
        var things = Enumerable.Range(0, Rounds / RoundsOfAThing).Select(_ => Guid.NewGuid()).ToArray();
        await using (var setup = await _source.OpenConnectionAsync())
            await setup.ExecuteAsync("CREATE TABLE counted (writer int, thing uuid, times int, PRIMARY KEY (writer, thing))", [], default);
        ConcurrentDictionary<Guid, long> read = new();
        await using var ears = await new DirectConnections(_database.ConnectionString).OpenAsync("test", default);
        await ears.ExecuteAsync("LISTEN " + NewsNotifier.Channel, [], default);
        var hearing = HearAsync(ears, read);
        var written = Task.WhenAll(
            Enumerable.Range(0, Writers).Select(w => WriteAsync(w, Rounds, round => things[round / RoundsOfAThing])));
        var most = 0;
        await using (var drainer = await _source.OpenConnectionAsync())
        {
            while (!written.IsCompleted)
            {
                await NewsNotifier.DrainAsync(drainer, default);
                most = Math.Max(most, await CountAsync());
            }
            await written;
            while (await NewsNotifier.DrainAsync(drainer, default) > 0)
            {
            }
            await drainer.ExecuteAsync("SELECT pg_notify($1, 'the end')", [NewsNotifier.Channel], default);
        }
        await hearing.WaitAsync(Patience);
        Assert.Equal(0, await CountAsync());
        Assert.InRange(most, 1, things.Length * (Writers + 1));
        foreach (var thing in things) Assert.Equal(await TimesAsync(thing), read[thing]);
    }

    [Fact]
    public async Task Notifier_ItsSessionDies_AnotherTells()
    {
        var direct = new DirectConnections(_database.ConnectionString);
        using var one = new NewsNotifier(direct, TimeProvider.System, NullLogger<NewsNotifier>.Instance);
        using var two = new NewsNotifier(direct, TimeProvider.System, NullLogger<NewsNotifier>.Instance);
        await using var ears = await direct.OpenAsync("test", default);
        await ears.ExecuteAsync("LISTEN " + NewsNotifier.Channel, [], default);
        await one.StartAsync(default);
        await TellAsync(ears);
        Assert.True(one.IsElected);
        await two.StartAsync(default);

        await one.StopAsync(default); // its session ends with it, as it does when its process is killed
        await TellAsync(ears);
        Assert.True(two.IsElected);

        await KillAsync(NewsNotifier.Purpose); // the session alone: the only notifier left makes a new one
        await TellAsync(ears);
        await two.StopAsync(default);
    }

    [Fact]
    public async Task Notifier_ThatHangs_LosesItsSessionAndAnotherTells()
    {
        var direct = new DirectConnections(_database.ConnectionString);
        using var hung = new NewsNotifier(direct, new StoppedTimers(), NullLogger<NewsNotifier>.Instance);
        using var other = new NewsNotifier(direct, TimeProvider.System, NullLogger<NewsNotifier>.Instance);
        await using var ears = await direct.OpenAsync("test", default);
        await ears.ExecuteAsync("LISTEN " + NewsNotifier.Channel, [], default);
        await hung.StartAsync(default);
        await Wait.UntilAsync(() => hung.IsElected, "the first is elected", Patience);
        await other.StartAsync(default);
        await TellAsync(ears);
        Assert.True(other.IsElected);
        await other.StopAsync(default);
        await hung.StopAsync(default);
    }

    [Fact]
    public async Task Listener_ItsSessionDies_TakesEverythingAsChangedAndHearsAgain()
    {
        var direct = new DirectConnections(_database.ConnectionString);
        using var notifier = new NewsNotifier(direct, TimeProvider.System, NullLogger<NewsNotifier>.Instance);
        using var listener = new NewsListener(direct, TimeProvider.System, NullLogger<NewsListener>.Instance);
        using BlockingCollection<NewsHeard> heard = [];
        using var hearing = listener.Heard.Add(heard.Add);
        using var failing = listener.Heard.Add(_ => throw new InvalidOperationException("One handler's failure is its own."));
        await listener.StartAsync(default);
        await notifier.StartAsync(default);
        Assert.True(Next().Everything); // nobody knows what happened before

        await KillAsync(NewsListener.Purpose);
        Assert.True(Next().Everything);
        var campaign = Guid.NewGuid();
        await CommitAsync(campaign);
        NewsHeard told;
        do told = Next();
        while (told.Everything);
        Assert.Equal([campaign], told.Campaigns);
        await listener.StopAsync(default);
        await notifier.StopAsync(default);

        NewsHeard Next() => heard.TryTake(out var next, Patience) ? next : throw new TimeoutException("Nothing was heard.");
    }

    private async Task HearAsync(NpgsqlConnection ears, ConcurrentDictionary<Guid, long> read)
    {
        ConcurrentQueue<string> told = [];
        ears.Notification += (_, e) => told.Enqueue(e.Payload);
        while (true)
        {
            if (!told.TryDequeue(out var payload))
            {
                await ears.WaitAsync(Patience);
                continue;
            }
            if (payload == "the end") return;
            foreach (var thing in NewsPayload.Read(payload).Campaigns) read[thing] = await TimesAsync(thing);
        }
    }

    // All writers work at the same thing for a moment, and never come back to it: what is lost then stays lost.
    private async Task WriteAsync(int writer, int rounds, Func<int, Guid> thingOf)
    {
        await using var connection = await _source.OpenConnectionAsync();
        for (var round = 0; round < rounds; round++)
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await News.AddAsync(connection, NewsKind.Campaign, [thingOf(round)], default);
            // News first and the fact after, so that there is much time for a drain between.
            await connection.ExecuteAsync(
                "INSERT INTO counted VALUES ($1, $2, 1) ON CONFLICT (writer, thing) DO UPDATE SET times = counted.times + 1",
                [writer, thingOf(round)], default);
            await transaction.CommitAsync();
        }
    }

    private async Task<long> TimesAsync(Guid thing)
    {
        await using var connection = await _source.OpenConnectionAsync();
        return (await connection.QueryAsync("SELECT COALESCE(sum(times), 0) FROM counted WHERE thing = $1", [thing], r =>
            r.GetInt64(0), default))[0];
    }

    /// <summary>Commits news and waits until they are told.</summary>
    private async Task TellAsync(NpgsqlConnection ears)
    {
        var campaign = Guid.NewGuid();
        TaskCompletionSource told = new();
        void Hear(object sender, NpgsqlNotificationEventArgs e)
        {
            if (NewsPayload.Read(e.Payload).Campaigns.Contains(campaign)) told.TrySetResult();
        }

        ears.Notification += Hear;
        await CommitAsync(campaign);
        while (!told.Task.IsCompleted)
        {
            if (!await ears.WaitAsync(Patience)) throw new TimeoutException("Nothing was told.");
        }
        ears.Notification -= Hear;
    }

    // No timer ever rings: whoever waits for one hangs, with its session open.
    private sealed class StoppedTimers : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private async Task CommitAsync(params Guid[] campaigns)
    {
        await using var connection = await _source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await News.AddAsync(connection, NewsKind.Campaign, campaigns, default);
        await transaction.CommitAsync();
    }

    private async Task<int> CountAsync()
    {
        await using var connection = await _source.OpenConnectionAsync();
        return (await connection.QueryAsync("SELECT count(*)::int FROM news", [], r => r.GetInt32(0), default))[0];
    }

    private async Task KillAsync(string purpose)
    {
        await using var connection = await _source.OpenConnectionAsync();
        var killed = await connection.QueryAsync(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1",
            ["facead " + purpose], r => r.GetBoolean(0), default);
        Assert.NotEmpty(killed);
    }
}
