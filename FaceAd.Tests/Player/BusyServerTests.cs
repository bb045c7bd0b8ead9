using FaceAd.Core;
using FaceAd.Player;
using FaceAd.Player.Outbox;
using FaceAd.Player.Server;
using FaceAd.Tests.Player.Clock;
using FaceAd.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAd.Tests.Player;

/// <summary>A real server that says it is busy: it is left alone for as long as it asks, and then gets everything.</summary>
public sealed class BusyServerTests : IAsyncLifetime
{
    ScreenServer _server = null!;

    public async Task InitializeAsync() => _server = await ScreenServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData(503)]
    [InlineData(429)]
    public async Task Outbox_ServerIsBusy_WaitsAsAskedAndLosesNothing(int status)
    {
        (_server.PlaysStatus, _server.RetryAfter) = (status, 2);
        var outbox = new PlayOutbox(TestFolders.New("outbox"), OutboxTests.Signer(), NullLogger.Instance);
        await using var services = OutboxTests.Clients(_server);
        using var worker = new OutboxWorker(
            outbox, services.GetRequiredService<IHttpClientFactory>(), TimeProvider.System, NullLogger<OutboxWorker>.Instance);
        for (var i = 0; i < 30; i++) outbox.Add(OutboxTests.Report(i));
        await worker.StartAsync(default);
        await Wait.UntilAsync(() => !_server.Requests.IsEmpty, "the server was asked");
        // What arrives while the server is to be left alone waits as well.
        for (var i = 30; i < 60; i++) outbox.Add(OutboxTests.Report(i));
        _server.PlaysStatus = 200;
        await Wait.UntilAsync(() => outbox.Pending == 0, "every play is delivered");
        await worker.StopAsync(default);

        Assert.Equal(60, _server.Plays.Reader.Count);
        Assert.Equal(1 + 3, _server.Requests.Count); // one that was turned away, three batches
        Assert.True(FirstWait() >= 2);
    }

    [Fact]
    public async Task AudienceSender_ServerIsBusy_WaitsAsAskedAndKeepsTheReportsAsTheyAre()
    {
        (_server.AudiencesStatus, _server.RetryAfter) = (503, 1);
        await using var services = OutboxTests.Clients(_server);
        using var sender = new AudienceSender(
            new PlayerSettings { Server = _server.Address, Token = ScreenServer.Token, DataFolder = "" },
            services.GetRequiredService<IHttpClientFactory>(), TimeProvider.System, NullLogger<AudienceSender>.Instance);
        await sender.StartAsync(default);
        var (audience, presence) = (Guid.NewGuid(), Guid.NewGuid());
        void Add(int sequence) =>
            sender.Add(Sample.Report(audience, sequence, Sample.Noon, Sample.Noon.AddSeconds(sequence), AudienceState.Open,
            Sample.Viewer(Segment.Silver, Sample.Noon, Sample.Noon.AddSeconds(sequence), id: presence, views: [Sample.Face(sequence)])));
        Add(1);
        await Wait.UntilAsync(() => !_server.Requests.IsEmpty, "the server was asked");
        Add(2);
        Add(3);
        _server.AudiencesStatus = 200;
        await Wait.UntilAsync(() => sender.Pending == 0, "every report is delivered");
        await sender.StopAsync(default);

        List<(int, int)> received = [];
        while (_server.Audiences.Reader.TryRead(out var report)) received.Add((report.Sequence, report.Presences.Sum(p => p.Views.Count)));
        Assert.Equal([(1, 1), (2, 1), (3, 1)], received);
        Assert.Equal(4, _server.Requests.Count);
        Assert.True(FirstWait() >= 1); // how much longer at most: Next_ServerAsksForATime
    }

    [Fact]
    public void Next_ServerAsksForATime_IsNeverShorterAndNotTheSameForAll()
    {
        var waits = Enumerable.Range(0, 50).Select(_ => new Backoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), TimeProvider.System)
            .Next(TimeSpan.FromSeconds(10)).TotalSeconds).ToList();
        Assert.All(waits, w => Assert.InRange(w, 10, 15));
        Assert.True(waits.Max() - waits.Min() > 1);
    }

    [Fact]
    public void Next_ServerAsksForLittle_IsObeyedForAWhileAndThenTheBackoffHolds()
    {
        var clock = new MachineClock(Sample.Noon, TimeSpan.Zero);
        var backoff = new Backoff(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(10), clock);
        var tries = 0;
        for (var waited = 0.0; waited < Backoff.Prompt.TotalSeconds; tries++)
        {
            var wait = backoff.Next(TimeSpan.FromSeconds(1)).TotalSeconds;
            Assert.InRange(wait, 1, 1.5);
            clock.Pass(wait);
            waited += wait;
        }
        Assert.InRange(tries, 10, 15);
        Assert.InRange(backoff.Next(TimeSpan.FromSeconds(1)).TotalSeconds, 5, 10);
        backoff.Reset();
        Assert.InRange(backoff.Next(TimeSpan.FromSeconds(1)).TotalSeconds, 1, 1.5);
        Assert.InRange(backoff.Next().TotalSeconds, 0.5, 1); // of a server that cannot answer nothing is known
    }

    [Theory]
    [InlineData(503, "120", 120)]
    [InlineData(429, "7", 7)]
    [InlineData(503, "86400", 300)]
    [InlineData(503, null, null)]
    [InlineData(503, "0", null)]
    [InlineData(500, "7", null)]
    [InlineData(503, "Tue, 10 Mar 2026 03:00:20 GMT", 20)]
    [InlineData(503, "Tue, 10 Mar 2026 02:00:00 GMT", null)]
    public void AskedToWait_WhateverTheServerSays_IsATimeThatAScreenCanWait(int status, string? header, int? seconds)
    {
        using var response = new HttpResponseMessage((System.Net.HttpStatusCode)status);
        if (header is not null) response.Headers.Add("Retry-After", header);
        Assert.Equal(seconds, ServerClient.AskedToWait(response, new SetClock(Sample.Noon))?.TotalSeconds);
    }

    // Seconds between the first request and the next.
    double FirstWait() => TimeProvider.System.GetElapsedTime(_server.Requests.ElementAt(0), _server.Requests.ElementAt(1)).TotalSeconds;
}
