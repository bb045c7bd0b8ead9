using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Screens;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Accounts.Tokens;
using FaceAd.Web.Audiences;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Cluster;
using FaceAd.Web.Decisions;
using FaceAd.Web.Hosting;
using FaceAd.Web.Operations;
using FaceAd.Web.Players;
using FaceAd.Web.Privacy;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace FaceAd.Tests.EndToEnd;

/// <summary>Two real web apps on one database, of which the first owns the site: what happens at one holds at the other.</summary>
public sealed class SharedBetweenNodesTests(SharedBetweenNodesTests.Pair nodes) : IClassFixture<SharedBetweenNodesTests.Pair>
{
    // A busy machine is slow; what is waited for takes a second at most on an idle one.
    private static readonly TimeSpan Soon = Wait.Limit;

    private readonly NodeApp _one = nodes.One, _two = nodes.Two;

    private Guid Site => _one.Device.Screen.SiteId;

    /// <summary>Two nodes on one database.</summary>
    public sealed class Pair : IAsyncLifetime
    {
        public NodeApp One { get; private set; } = null!;

        public NodeApp Two { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            One = await NodeApp.StartAsync();
            Two = await NodeApp.StartAsync(One);
            await Wait.UntilAsync(
                () => One.Ownership.Peers.Count == 1 && Two.Ownership.Peers.Count == 1, "each knows of the other", Soon);
        }

        public async Task DisposeAsync()
        {
            await Two.DisposeAsync();
            await One.DisposeAsync();
        }
    }

    [Fact]
    public async Task Board_ScreenIsConnectedToTheOtherNode_ShowsItAndItsAudienceAndDecisions()
    {
        await _one.Ownership.LeaseAsync(Site);
        var (screen, token) = _one.Device;
        var (board, feed) = (_two.Services.GetRequiredService<ScreenBoard>(), _two.Services.GetRequiredService<DecisionFeed>());
        ScreenNow Shown() => board.Now([_two.Services.GetRequiredService<ScreenDirectory>().Find(screen.Id)!])[0];
        using var watching = feed.Subscribe(() => { }); // as the live page does
        Assert.False(Shown().Connected);
        await using (var connection = await ScreenConnection.OpenAsync(_one, token))
        {
            var now = TimeProvider.System.GetUtcNow();
            await connection.Hub.InvokeAsync<HeartbeatReply>(nameof(IScreenHub.Beat), new Heartbeat
            {
                SentAt = now,
                PlayerVersion = "1",
                Camera = CameraState.Running,
                OutboxPending = 7,
                CreativesReady = 1,
                PageRendering = true,
                Showing = _one.Creative.Id,
                Sensors = [new SensorReport(SensorKind.Motion, SensorState.Present, null)],
            });
            using var device = new DeviceClient(_one, token);
            await device.UntilCommittedAsync(Sample.Report(
                Guid.NewGuid(), 1, now, now, AudienceState.Open, Sample.Viewer(Segment.Men2030, now, now)));
            var command = await Wait.NextAsync(connection.Commands.Reader);
            await Wait.UntilAsync(
                () => Shown() is { Connected: true, Viewers: 1 }, "the other node shows the screen and who is there", Soon);
            var shown = Shown();
            Assert.Equal((CameraState.Running, 7, _one.Creative.Name), (shown.Camera, shown.OutboxPending, shown.ShowingName));
            Assert.Equal((Segment.Men2030, SensorKind.Motion), (shown.Segments.Single(), shown.Sensors.Single().Kind));
            await Wait.UntilAsync(() => feed.Latest.Any(d => d.Decision.Id == command.DecisionId), "it shows the decision", Soon);
        }
        await Wait.UntilAsync(() => !Shown().Connected, "the other node shows that the screen has gone", Soon);
    }

    [Fact]
    public async Task Edit_AtOneNode_IsToldToThePagesOfTheOtherAndDecidedThere()
    {
        var service = _one.Services.GetRequiredService<CampaignService>();
        var (news, snapshots) = (_two.Services.GetRequiredService<CampaignNews>(), _two.Services.GetRequiredService<SnapshotReader>());
        foreach (var (action, runs) in new[] { (CampaignAction.Pause, false), (CampaignAction.Resume, true) })
        {
            TaskCompletionSource told = new(TaskCreationOptions.RunContinuationsAsynchronously);
            using var hearing = news.Subscribe(() => told.TrySetResult());
            Assert.True((await service.StepAsync(new Viewer(Guid.NewGuid(), true), _one.Campaign.Id, action))?.Happened);
            await told.Task.WaitAsync(Soon);
            await Wait.UntilAsync(
                () => snapshots.Current.Campaigns.Any(c => c.Id == _one.Campaign.Id) == runs, $"the other node knows of {action}", Soon);
        }
    }

    [Fact]
    public async Task DeviceToken_RevokedAtOneNode_IsVoidAtTheOther()
    {
        var (screen, token) = await _one.Registry.RegisterAsync(Site, "Revoked", InferenceMode.Device);
        var directory = _two.Services.GetRequiredService<ScreenDirectory>();
        await Wait.UntilAsync(() => directory.FindByToken(token) is not null, "the other node knows the screen", Soon);
        TaskCompletionSource told = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using var hearing = _two.Services.GetRequiredService<NewsListener>().Heard.Add(heard =>
        {
            if (heard is { Screens: true, Everything: false }) told.TrySetResult();
        });
        await _one.Registry.RevokeAsync(screen.Id, null);
        await told.Task.WaitAsync(Soon); // not by a look in its own time
        await Wait.UntilAsync(() => directory.FindByToken(token) is null, "the token is void there", Soon);
    }

    [Fact]
    public async Task People_ErasedAtOneNode_AreForgottenByTheOther()
    {
        await using var db = _one.NewContext();
        var (site, _, _, _) = await Sample.AddSiteAsync(db);
        var now = TimeProvider.System.GetUtcNow();
        var person = new Person
        {
            Id = Guid.NewGuid(),
            SiteId = site.Id,
            Epoch = site.Calendar().EpochOf(site.Calendar().DayOf(now)),
            Segment = Segment.Men2030,
            FirstSeenAt = now,
            Template = [1],
        };
        db.Add(person);
        await db.SaveChangesAsync();
        var shown = _two.Services.GetRequiredService<RecognisedRiders>().Shown;
        shown.Add(person.Id, new ShownAd(_one.Campaign.Id, _one.Creative.Id, 0, now), now);
        await _one.Services.GetRequiredService<EpochExpiryWorker>().EraseSiteAsync(site.Id, default);
        await Wait.UntilAsync(() => shown.Of(person.Id).Count == 0, "the other node knows nothing of who was erased", Soon);
    }

    [Fact]
    public async Task Sites_ByHandToEvenOutAndToDrain_MoveAndTheirScreensFollow()
    {
        await using var database = NpgsqlDataSource.Create(_one.ConnectionString);
        await using var db = _one.NewContext();
        await _one.Ownership.LeaseAsync(Site);
        var (screen, token) = _one.Device;
        await Wait.UntilAsync(async () => (await LoadsAsync()).Count(n => n.Takes) == 2, "both nodes take sites", Soon);

        // By hand, to the only other node.
        await using var before = await ScreenConnection.OpenAsync(_one, token);
        var report = Sample.Report(
            Guid.NewGuid(), 1, TimeProvider.System.GetUtcNow().AddMinutes(-2), TimeProvider.System.GetUtcNow().AddMinutes(-1),
            AudienceState.Closed);
        using var device = new DeviceClient(_one, token);
        await device.UntilCommittedAsync(report);
        var name = await db.Sites.Where(s => s.Id == Site).Select(s => s.Name).SingleAsync();
        var done = await NodesCommand.HandOverAsync(database, name, null, default);
        Assert.Equal($"{name} goes from {_one.Ownership.Address} to {_two.Ownership.Address}.", done);
        await before.Closed.Task.WaitAsync(Soon);
        await using (var after = await ScreenConnection.OpenAgainAsync(_one, token)) // forwarded
        {
            await Wait.NextAsync(after.Programmes.Reader);
            Assert.True(_two.Services.GetRequiredService<ScreenConnections>().IsConnected(screen.Id));
        }
        await device.UntilCommittedAsync(report); // told again, as a player does that has heard no answer
        Assert.NotNull(_two.Ownership.Find(Site));
        Assert.Contains(
            await NodesCommand.ListAsync(database, default),
            line => line.StartsWith($"{Site}\t{name}\t{_two.Ownership.Address}\t", StringComparison.Ordinal));
        Assert.Equal(1, await db.AuditEntries.CountAsync(e => e.Verb == AuditVerb.SiteHandedOver && e.SubjectId == Site));

        // To even out: one has five of six.
        for (var n = 0; n < 5; n++) await _one.Ownership.LeaseAsync((await Sample.AddSiteAsync(db)).Site.Id);
        await Wait.UntilAsync(async () => (await LoadsAsync()).All(n => n.Sites == 3), "each has three", Soon);
        Assert.NotNull(_two.Ownership.Find(Site)); // what was put there stays there

        // By the API, to the node that is named.
        var own = (await db.Sites.Where(s => s.Id != Site).Select(s => s.Id).ToListAsync()).First(s => _one.Ownership.Find(s) is not null);
        using var program = await ProgramAsync();
        var to = new { node = $"{_two.Ownership.Address}" };
        JsonElement way = default;
        await Wait.UntilAsync(
            async () =>
            {
                using var asked = await program.PostAsJsonAsync($"api/v1/sites/{own}/hand-over", to);
                way = await asked.Content.ReadFromJsonAsync<JsonElement>();
                return asked.StatusCode == HttpStatusCode.Accepted; // not while a node renews late
            }, "the API has it handed over", Soon);
        Assert.Equal(
            ($"{_one.Ownership.Address}", to.node), (way.GetProperty("from").GetString(), way.GetProperty("to").GetString()));
        await Wait.UntilAsync(
            () => db.Set<SiteOwner>().AnyAsync(o => o.SiteId == own && o.NodeId == _two.Ownership.NodeId), "it is there", Soon);
        var noted = await db.AuditEntries.SingleAsync(e => e.Verb == AuditVerb.SiteHandedOver && e.SubjectId == own);
        Assert.StartsWith("Root", noted.UserName, StringComparison.Ordinal);
        using var again = await program.PostAsJsonAsync($"api/v1/sites/{own}/hand-over", to); // it is there
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);

        // To drain.
        await NodesCommand.DrainAsync(database, $"{_two.Ownership.Address}", default);
        await Wait.UntilAsync(
            async () => (await LoadsAsync()).Single(n => n.Id == _two.Ownership.NodeId).Sites == 0, "the drained node has none", Soon);
        await using var last = await ScreenConnection.OpenAgainAsync(_two, token);
        await Wait.NextAsync(last.Programmes.Reader);
        Assert.True(_one.Services.GetRequiredService<ScreenConnections>().IsConnected(screen.Id));
        Assert.DoesNotContain(_one.Complaints.Concat(_two.Complaints), c => c.Contains("hand sites over", StringComparison.Ordinal));

        // What cannot be done says why.
        foreach (var refused in new[]
        {
            () => NodesCommand.HandOverAsync(database, "no such site", null, default),
            () => NodesCommand.HandOverAsync(database, name, "http://10.9.9.9/", default),
            () => NodesCommand.HandOverAsync(database, null, null, default),
            () => NodesCommand.DrainAsync(database, "nonsense", default),
            () => NodesCommand.DrainAsync(database, $"{_one.Ownership.Address}", default), // the other one drains
        })
            await Assert.ThrowsAsync<StartException>(refused);

        async Task<HttpClient> ProgramAsync()
        {
            await using var scope = _one.Services.CreateAsyncScope();
            var setup = scope.ServiceProvider.GetRequiredService<AccountSetup>();
            var media = await setup.CreateOrganisationAsync("Media", OrganisationKind.MediaOwner);
            var root = await setup.CreateUserAsync(media, "root@example.com", PeopleFixture.Password, "Root", Roles.Admin);
            var viewer = new Viewer(media.Id, true) { Manages = true, UserId = root.Id, Name = "Root" };
            var tokens = _one.Services.GetRequiredService<ApiTokenService>();
            var (secret, _) = await tokens.MakeAsync(viewer, "T", [ApiScopes.ScreensWrite], 30);
            var http = _one.NewClient();
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secret);
            return http;
        }

        async Task<IReadOnlyList<NodeLoad>> LoadsAsync()
        {
            await using var connection = await database.OpenConnectionAsync();
            return await SitePlan.ReadNodesAsync(connection, default);
        }
    }

    [Theory]
    [InlineData("--hand-over Tower http://10.0.0.1/ --Data:Folder x", "--Data:Folder x")]
    [InlineData("--Data:Folder x --sites", "--Data:Folder x")]
    [InlineData("--drain http://10.0.0.1/ --Data:Folder x", "--Data:Folder x")]
    [InlineData("--hand-over Tower --Data:Folder x", "--Data:Folder x")]
    public void SettingsOf_Command_LeavesTheSettings(string args, string settings) =>
        Assert.Equal(settings.Split(' '), NodesCommand.SettingsOf(args.Split(' ')));
}
