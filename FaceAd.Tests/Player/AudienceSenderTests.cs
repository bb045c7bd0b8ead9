using FaceAd.Core;
using FaceAd.Player;
using FaceAd.Player.Server;
using FaceAd.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAd.Tests.Player;

/// <summary>Audience reports on their way to a real server.</summary>
public sealed class AudienceSenderTests : IAsyncLifetime
{
    ScreenServer _server = null!;

    public async Task InitializeAsync() => _server = await ScreenServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Deliver_ServerAnswers_ReportsComeInOrderWithTheirViews()
    {
        await using var services = OutboxTests.Clients(_server);
        using var sender = Sender(services, _server.Address);
        for (var i = 1; i <= 3; i++) sender.Add(Report(i));
        Assert.True(await sender.RunCycleAsync(default));
        Assert.Equal([(1, 1), (2, 1), (3, 1)], Received());
    }

    [Fact]
    public async Task Deliver_AfterAnOutage_WhatWaitedComesWithoutViews()
    {
        await using var services = OutboxTests.Clients(_server);
        using var sender = Sender(services, _server.Address);
        _server.AudiencesStatus = 503;
        sender.Add(Report(1));
        Assert.False(await sender.RunCycleAsync(default));
        sender.Add(Report(2));
        sender.Add(Report(3) with { AudienceId = Guid.NewGuid() });
        _server.AudiencesStatus = 200;
        Assert.True(await sender.RunCycleAsync(default));
        // The second report of the same audience tells the first again.
        Assert.Equal([(2, 0), (3, 0)], Received());
        sender.Add(Report(4));
        Assert.True(await sender.RunCycleAsync(default));
        Assert.Equal([(4, 1)], Received());
    }

    [Fact]
    public async Task Deliver_OneThatTheServerCanNeverTake_DoesNotHoldUpTheRest()
    {
        await using var services = OutboxTests.Clients(_server);
        using var sender = Sender(services, _server.Address);
        _server.AudiencesStatus = 400;
        sender.Add(Report(1));
        Assert.True(await sender.RunCycleAsync(default));
        Assert.Equal(0, sender.Pending);
    }

    [Theory]
    [InlineData("http://192.0.2.1/", false)]
    [InlineData("http://elevator-server/", false)]
    [InlineData("https://ads.example.com/", true)]
    [InlineData("http://127.0.0.1:5080/", true)]
    [InlineData("http://localhost:5080/", true)]
    [InlineData("http://[::1]:5080/", true)]
    public void ServerIsPrivate_OnlyOverTlsOrOnThisMachine(string server, bool isPrivate) =>
        Assert.Equal(isPrivate, Settings(new Uri(server)).ServerIsPrivate);

    [Fact]
    public async Task Deliver_PlainHttpToAnotherMachine_CarriesNoViews()
    {
        await using var services = OutboxTests.Clients(_server);
        // what the settings say decides; the client still reaches the test's server
        using var sender = Sender(services, new Uri("http://192.0.2.1/"));
        sender.Add(Report(1));
        Assert.True(await sender.RunCycleAsync(default));
        Assert.Equal([(1, 0)], Received());
    }

    static AudienceSender Sender(ServiceProvider services, Uri server) =>
        new(Settings(server), services.GetRequiredService<IHttpClientFactory>(), TimeProvider.System, NullLogger<AudienceSender>.Instance);

    static PlayerSettings Settings(Uri server) => new() { Server = server, Token = ScreenServer.Token, DataFolder = "" };

    static readonly (Guid Audience, Guid Presence) Ids = (Guid.NewGuid(), Guid.NewGuid());

    static AudienceReport Report(int sequence) =>
        Sample.Report(Ids.Audience, sequence, Sample.Noon, Sample.Noon.AddSeconds(sequence), AudienceState.Open,
        Sample.Viewer(Segment.Men2030, Sample.Noon, Sample.Noon.AddSeconds(sequence), id: Ids.Presence, views: [Sample.Face(sequence)]));

    List<(int Sequence, int Views)> Received()
    {
        List<(int, int)> received = [];
        while (_server.Audiences.Reader.TryRead(out var report)) received.Add((report.Sequence, report.Presences.Sum(p => p.Views.Count)));
        return received;
    }
}
