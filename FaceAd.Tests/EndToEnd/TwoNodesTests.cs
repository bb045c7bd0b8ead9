using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Net.WebSockets;
using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Screens;
using FaceAd.Web.Audiences;
using FaceAd.Web.Cluster;
using FaceAd.Web.Decisions;
using FaceAd.Web.Metrics;
using FaceAd.Web.Players;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace FaceAd.Tests.EndToEnd;

/// <summary>Two real web apps on one database. The first owns the site unless a test says otherwise.</summary>
public sealed class TwoNodesTests(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = Wait.Limit;
    private NodeApp _one = null!, _two = null!;

    public async Task InitializeAsync()
    {
        _one = await NodeApp.StartAsync();
        _two = await NodeApp.StartAsync(_one);
        Assert.NotNull((await _one.Ownership.ClaimAsync(Site)).Lease);
    }

    public async Task DisposeAsync()
    {
        await _two.DisposeAsync();
        await _one.DisposeAsync();
    }

    private Guid Site => _one.Server.Screen.SiteId;

    [Fact]
    public async Task Report_AtEitherNode_BothShowTheSameWithinASecond()
    {
        using var one = new Figures(_one);
        using var two = new Figures(_two);
        one.Until(m => m.Impressions == 0);
        two.Until(m => m.Impressions == 0);
        List<double> delays = [];
        var began = TimeProvider.System.GetUtcNow(); // once: on a slow machine plays told one after the other would overlap
        for (var n = 1; n <= 4; n++)
        {
            using var device = new DeviceClient(n % 2 == 0 ? _one : _two, _one.Device.Token);
            var at = began.AddSeconds(-20 * n);
            await CommitAsync(device, Routes.Audiences, Sample.Ride(at, Sample.Face(n)));
            await CommitAsync(device, Play(at));
            var committed = TimeProvider.System.GetTimestamp();
            var (here, there) = (one.Until(m => m.Impressions == n), two.Until(m => m.Impressions == n));
            delays.Add(TimeProvider.System.GetElapsedTime(committed).TotalMilliseconds);
            Assert.Equal((n, n, n), (here.Reached, there.Reached, (int)there.TargetImpressions));
            await Task.WhenAll(one.HeardAsync(), two.HeardAsync());
        }
        output.WriteLine("from the commit of a play to both nodes' pages: " + string.Join(", ", delays.Select(d => $"{d:0} ms")));
        Assert.InRange(delays.Order().ElementAt(1), 0, 2_500); // about a second on an idle machine, most of it the throttle
    }

    [Fact]
    public async Task Screen_ThroughTheOtherNode_IsServedByTheOwner()
    {
        var (id, token) = (_one.Device.Screen.Id, _one.Device.Token);
        await using var screen = await ScreenConnection.OpenAsync(_two, token);
        await Wait.NextAsync(screen.Programmes.Reader);
        Assert.True(Connections(_one).IsConnected(id));
        Assert.False(Connections(_two).IsConnected(id));

        // The same face through one node and the other: one person, and the owner decides.
        var now = TimeProvider.System.GetUtcNow();
        using (var near = new DeviceClient(_one, token))
            await CommitAsync(near, Routes.Audiences, Sample.Ride(now.AddMinutes(-1), Sample.Face(1)));
        using var far = new DeviceClient(_two, token);
        await CommitAsync(
            far, Routes.Audiences, Sample.Report(
                Guid.NewGuid(), 1, now.AddSeconds(-12), now, AudienceState.Open, Viewer(now.AddSeconds(-12), Sample.Face(1, 0.01, 5))));
        var command = await Wait.NextAsync(screen.Commands.Reader);
        Assert.Equal(_one.Creative.Id, command.CreativeId);
        Assert.NotNull(_one.Services.GetRequiredService<LiveAudiences>().Find(id));
        Assert.Null(_two.Services.GetRequiredService<LiveAudiences>().Find(id));
        await using (var db = _one.NewContext()) Assert.Equal(1, await db.Persons.CountAsync());

        // A play counts once, however often and wherever it is told; a frame reaches the owner's queue.
        var play = Play(now.AddMinutes(-2));
        await CommitAsync(far, play);
        using (var near = new DeviceClient(_one, token)) await CommitAsync(near, play);
        await using (var db = _one.NewContext()) Assert.Equal(1, await db.Plays.CountAsync());
        using var server = new DeviceClient(_two, _one.Server.Token);
        using var taken = await server.SendFrameAsync([0xFF, 0xD8, 0, 0, 0, 0]);
        Assert.Equal(HttpStatusCode.Accepted, taken.StatusCode);
        await Wait.UntilAsync(() =>
            _one.Complaints.Any(c => c.Contains("was refused", StringComparison.Ordinal)), "the owner looked at the frame");
        Assert.DoesNotContain(_two.Complaints, c => c.Contains("was refused", StringComparison.Ordinal));

        // The owner's refusals come through as they are.
        using var refused = await far.SendTextAsync(Routes.Plays, "nonsense");
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public async Task Owner_Stops_TheOtherTakesOverAndNothingCountsTwice()
    {
        var (id, token) = (_one.Device.Screen.Id, _one.Device.Token);
        var now = TimeProvider.System.GetUtcNow();
        var (presence, play) = (Sample.Ride(now.AddMinutes(-1), Sample.Face(1)), Play(now.AddMinutes(-1)));
        using var device = new DeviceClient(_two, token);
        await using var screen = await ScreenConnection.OpenAsync(_two, token);
        await CommitAsync(device, Routes.Audiences, presence);
        await CommitAsync(device, play);

        await _one.StopAsync();
        await screen.Closed.Task.WaitAsync(Patience);
        await using var again = await ScreenConnection.OpenAgainAsync(_two, token);
        await Wait.NextAsync(again.Programmes.Reader);
        Assert.True(Connections(_two).IsConnected(id));
        Assert.Equal(2, _two.Ownership.Find(Site)!.Value.Generation);

        // The player did not hear the answers, and tells everything again; the same rider comes back.
        await CommitAsync(device, Routes.Audiences, presence);
        await CommitAsync(device, play);
        await CommitAsync(device, Routes.Audiences, Sample.Ride(now.AddSeconds(-20), Sample.Face(1, 0.01, 5)));
        using var figures = new Figures(_two);
        var m = figures.Until(m => m.Impressions == 1);
        Assert.Equal((1, 1), (m.Reached, m.Universe));
        await using var db = _two.NewContext();
        Assert.Equal((1, 1, 2), (await db.Persons.CountAsync(), await db.Plays.CountAsync(), await db.Presences.CountAsync()));
    }

    [Fact]
    public async Task Owner_IsTakenForDeadUnawares_CanWriteNothingAndTheScreenIsLedToTheNewOwner()
    {
        var token = _one.Device.Token;
        await using var screen = await ScreenConnection.OpenAsync(_one, token);
        using var near = new DeviceClient(_one, token);
        using var far = new DeviceClient(_two, token);
        var now = TimeProvider.System.GetUtcNow();
        await CommitAsync(near, Routes.Audiences, Sample.Ride(now.AddMinutes(-1), Sample.Face(1)));

        await using var db = _one.NewContext();
        Assert.Equal(1, await db.Set<Node>().Where(n => n.Id == _one.Ownership.NodeId).ExecuteDeleteAsync()); // as the other does
        Assert.NotNull((await _two.Ownership.ClaimAsync(Site)).Lease);
        // A new person, reported to both at the same time: the new owner enrols them, once. The old one, if it has not noticed yet, cannot.
        var face = Sample.Face(2);
        await Task.WhenAll(
            near.UntilCommittedAsync(Sample.Ride(now.AddSeconds(-40), face)),
            far.UntilCommittedAsync(Sample.Ride(now.AddSeconds(-20), Sample.Face(2, 0.01, 5))));
        Assert.Equal(2, await db.Persons.CountAsync());
        Assert.Equal(2, _two.Ownership.Find(Site)!.Value.Generation);
        await screen.Closed.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task PlayEnding_AtANodeThatDoesNotOwnTheSite_DecidesNothing()
    {
        var screen = _two.Services.GetRequiredService<ScreenDirectory>().All[0];
        var engine = _two.Services.GetRequiredService<DecisionEngine>();
        List<Decision> made = [];
        using var watching = engine.Made.Add(decision => made.Add(decision.Decision));
        var now = TimeProvider.System.GetUtcNow();
        _two.Services.GetRequiredService<LiveAudiences>().Update(
            screen, Sample.Report(Guid.NewGuid(), 1, now, now, AudienceState.Open, Sample.Viewer(Segment.Men2030, now, now)));
        engine.PlayEnding(screen.Id, new PlayEnding(null, TimeSpan.FromSeconds(1)));
        Assert.Empty(made);

        Assert.True(await _one.Ownership.HandOverAsync(Site, _two.Ownership.Address!));
        await _two.Ownership.LeaseAsync(Site);
        engine.PlayEnding(screen.Id, new PlayEnding(null, TimeSpan.FromSeconds(1)));
        Assert.Single(made);
    }

    [Fact]
    public async Task Forwarded_ByNobodyOrTwice_IsRefused()
    {
        var now = TimeProvider.System.GetUtcNow();
        var views = Sample.Ride(now.AddMinutes(-1), Sample.Face(1));
        Assert.Equal(HttpStatusCode.BadRequest, await SealedAsync(_one, "forged", views));
        Assert.Equal(HttpStatusCode.BadRequest, await SealedAsync(_one, Seal(now.AddMinutes(-10)), views));
        Assert.Equal(HttpStatusCode.BadRequest, await SealedAsync(_one, Seal(now, path: Routes.Plays), views));
        Assert.Equal(HttpStatusCode.BadRequest, await SealedAsync(_one, Seal(now, screen: _one.Server.Screen.Id), views));

        // The way to the first node is what counts, not that the last step stayed on this machine.
        Assert.Equal(HttpStatusCode.BadRequest, await SealedAsync(_one, Seal(now, isHttps: false), views));
        Assert.Equal(HttpStatusCode.OK, await SealedAsync(_one, Seal(now, isHttps: true), views));

        // Who is not the owner does not pass on what was passed on.
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await SealedAsync(_two, Seal(now), views));

        string Seal(DateTimeOffset at, string path = Routes.Audiences, Guid? screen = null, bool isHttps = true) =>
            new Forwarded(screen ?? _one.Device.Screen.Id, path, isHttps, IPAddress.Parse("203.0.113.9"), at)
                .Seal(Forwarded.Protector(_two.Services.GetRequiredService<IDataProtectionProvider>()));
    }

    [Fact]
    public async Task Screen_OwnerTakesTheConnectionAndNeverAnswers_IsTurnedAwayInTime()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using (var db = _one.NewContext())
        {
            var far = TimeProvider.System.GetUtcNow().AddHours(1);
            var hung = new Node { Id = Guid.NewGuid(), Address = $"http://{silent.LocalEndpoint}/", LastSeenAt = far, ExpiresAt = far };
            db.Add(hung);
            await db.SaveChangesAsync();
            await db.Set<SiteOwner>().Where(o => o.SiteId == Site).ExecuteUpdateAsync(o => o.SetProperty(x => x.NodeId, hung.Id));
        }
        using var screen = new ClientWebSocket { Options = { CollectHttpResponseDetails = true } };
        screen.Options.SetRequestHeader("Authorization", "Bearer " + _one.Device.Token);
        var began = TimeProvider.System.GetTimestamp();
        await Assert.ThrowsAsync<WebSocketException>(() =>
            screen.ConnectAsync(new UriBuilder(new Uri(_two.Address, Routes.Hub)) { Scheme = "ws" }.Uri, default));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, screen.HttpStatusCode);
        Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.Zero, NodeTenure.Trust);
    }

    private static ScreenConnections Connections(NodeApp node) => node.Services.GetRequiredService<ScreenConnections>();

    private static PresenceReport Viewer(DateTimeOffset from, params byte[][] views) =>
        Sample.Viewer(Segment.Men2030, from, from.AddSeconds(12), views: [.. views, .. views]);

    private PlayReport Play(DateTimeOffset at) => new()
    {
        PlayId = Guid.NewGuid(),
        DecisionId = _one.Decide(_one.Device.Screen.Id, _one.Creative.Id, at),
        CreativeId = _one.Creative.Id,
        StartedAt = at,
        EndedAt = at.AddSeconds(10),
        End = PlayEnd.Completed,
        Measured = true,
        FramesPresented = 240,
    };

    private static async Task CommitAsync(DeviceClient device, PlayReport play)
    {
        Assert.Equal(HttpStatusCode.OK, (await device.SendPlaysAsync(play)).StatusCode);
    }

    private static async Task CommitAsync<T>(DeviceClient device, string route, T body)
    {
        using var answer = await device.SendAsync(route, body);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{route}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }

    private async Task<HttpStatusCode> SealedAsync(NodeApp node, string seal, AudienceReport report)
    {
        using var http = node.NewClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, Routes.Audiences) { Content = JsonContent.Create(report) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _one.Device.Token);
        request.Headers.TryAddWithoutValidation(Forwarded.Header, seal);
        using var answer = await http.SendAsync(request);
        return answer.StatusCode;
    }

    /// <summary>What an open page of the campaign gets at a node.</summary>
    private sealed class Figures : IDisposable
    {
        private readonly BlockingCollection<CampaignMetrics> _told = [];
        private readonly IDisposable _subscription;
        private readonly SemaphoreSlim _heard = new(0);

        public Figures(NodeApp node)
        {
            var campaign = CampaignOf(node);
            _subscription = node.Services.GetRequiredService<MetricsFeed>().Subscribe(new(campaign), _told.Add);
            node.Services.GetRequiredService<NewsListener>().Heard.Add(heard =>
            {
                if (heard.Campaigns.Contains(campaign)) _heard.Release();
            });
        }

        /// <summary>Waits for news of the campaign itself, which a poll is not.</summary>
        public async Task HeardAsync() => Assert.True(await _heard.WaitAsync(Patience));

        public CampaignMetrics Until(Predicate<CampaignMetrics> condition)
        {
            CampaignMetrics? last = null;
            while (_told.TryTake(out var next, Patience))
            {
                if (condition(last = next)) return next;
            }
            throw new TimeoutException($"The figures did not come; the last were {last?.Impressions} impressions.");
        }

        public void Dispose() => _subscription.Dispose();

        private static Guid CampaignOf(NodeApp node)
        {
            using var db = node.NewContext();
            return db.Campaigns.Single().Id;
        }
    }
}
