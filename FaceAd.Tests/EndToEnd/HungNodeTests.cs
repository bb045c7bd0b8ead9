using System.Net;
using FaceAd.Bench.Crash;
using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Screens;
using FaceAd.Web.Cluster;
using FaceAd.Web.Data;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.EntityFrameworkCore;
using Xunit.Abstractions;

namespace FaceAd.Tests.EndToEnd;

/// <summary>Two nodes, of which the owner is a process of its own that is stopped or killed by signals.</summary>
public sealed class HungNodeTests(HungNodeTests.Pair nodes, ITestOutputHelper output) : IClassFixture<HungNodeTests.Pair>, IAsyncLifetime
{
    private const int Stop = 19, Continue = 18; // SIGSTOP and SIGCONT
    private static readonly TimeSpan Patience = Wait.Limit;
    private readonly NodeApp _one = nodes.One;
    private readonly WebProcess _owner = nodes.Owner;

    private Guid Site => _one.Device.Screen.SiteId;

    private string Token => _one.Device.Token;

    /// <summary>A node of this process, and one in a process of its own.</summary>
    public sealed class Pair : IAsyncLifetime
    {
        internal NodeApp One { get; private set; } = null!;

        internal WebProcess Owner { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            One = await NodeApp.StartAsync();
            Dictionary<string, string> settings = new()
            {
                ["ConnectionStrings:FaceAd"] = One.ConnectionString,
                ["Data:Folder"] = One.Folder,
                ["Models:Folder"] = Support.Models.Folder,
                ["Logging:LogLevel:Default"] = "Warning",
            };
            Owner = new WebProcess(typeof(DataFolder).Assembly.Location, settings);
            settings["Nodes:Address"] = Owner.Address.ToString();
        }

        public async Task DisposeAsync()
        {
            await Owner.DisposeAsync();
            await One.DisposeAsync();
        }
    }

    public async Task InitializeAsync()
    {
        await _owner.ReadyAsync(default);
        await Wait.UntilAsync(() => _one.Ownership.HandOverAsync(Site, _owner.Address), "the process is among the nodes");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Owner_Hangs_IsReplacedAndDoesNothingWhenItGoesOn()
    {
        using var near = new DeviceClient(_owner.Address, Token);
        using var far = new DeviceClient(_one, Token);
        await using var screen = await ScreenConnection.OpenAsync(_owner.Address, Token);
        var now = TimeProvider.System.GetUtcNow();
        await near.UntilCommittedAsync(Sample.Report(Guid.NewGuid(), 1, now, now, AudienceState.Open,
            Sample.Viewer(Segment.Men2030, now, now, views: [Sample.Face(1), Sample.Face(1)])));
        var command = await Wait.NextAsync(screen.Commands.Reader); // the owner decides
        await using var db = _one.NewContext();
        var persons = await db.Persons.CountAsync();
        var before = await db.Set<SiteOwner>().AsNoTracking().SingleAsync(o => o.SiteId == Site);

        PostgresProgram.Signal(_owner.ProcessId, Stop);
        var began = TimeProvider.System.GetTimestamp();
        // It reads these when it goes on: a play that ends, so that it should decide again, and the first rider once more.
        await screen.Hub.SendAsync(nameof(IScreenHub.PlayEnding), new PlayEnding(command.CreativeId, TimeSpan.FromSeconds(1)));
        var late = near.SendAsync(Routes.Audiences, Sample.Ride(now.AddMinutes(-2), Sample.Face(1, 0.01, 5)));
        await far.UntilCommittedAsync(Sample.Ride(now.AddSeconds(-20), Sample.Face(2)));
        var replaced = TimeProvider.System.GetElapsedTime(began);
        output.WriteLine($"owner stopped by SIGSTOP; a report committed by another owner after {replaced.TotalSeconds:0.0} s");
        Assert.Equal(before.Generation + 1, _one.Ownership.Find(Site)!.Value.Generation);

        PostgresProgram.Signal(_owner.ProcessId, Continue);
        using (var answer = await late.WaitAsync(Patience)) // refused, or passed on to the new owner
            Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable, answer.StatusCode.ToString());
        await screen.Closed.Task.WaitAsync(Patience);
        Assert.False(screen.Commands.Reader.TryRead(out _), "the owner that was replaced pushed a command");
        await near.UntilCommittedAsync(Sample.Ride(now.AddSeconds(-10), Sample.Face(2, 0.01, 6)));
        Assert.Equal(persons + 1, await db.Persons.CountAsync());
        Assert.Equal(before.Generation + 1, _one.Ownership.Find(Site)!.Value.Generation);
        Assert.Equal(_one.Ownership.NodeId, (await db.Set<SiteOwner>().AsNoTracking().SingleAsync(o => o.SiteId == Site)).NodeId);
    }

    [Fact]
    public async Task Owner_IsKilled_IsReplaced()
    {
        using var near = new DeviceClient(_owner.Address, Token);
        using var far = new DeviceClient(_one, Token);
        await using var db = _one.NewContext();
        var (persons, presences) = (await db.Persons.CountAsync(), await db.Presences.CountAsync());
        var now = TimeProvider.System.GetUtcNow();
        await near.UntilCommittedAsync(Sample.Ride(now.AddMinutes(-1), Sample.Face(3)));
        await far.UntilCommittedAsync(Sample.Ride(now.AddSeconds(-40), Sample.Face(3, 0.01, 5)));
        Assert.Null(_one.Ownership.Find(Site));

        await _owner.KillAsync();
        var began = TimeProvider.System.GetTimestamp();
        await far.UntilCommittedAsync(Sample.Ride(now.AddSeconds(-20), Sample.Face(3, 0.01, 6)));
        var replaced = TimeProvider.System.GetElapsedTime(began);
        output.WriteLine($"owner killed; a report committed by another owner after {replaced.TotalSeconds:0.0} s");
        Assert.Equal((persons + 1, presences + 3), (await db.Persons.CountAsync(), await db.Presences.CountAsync()));
    }
}
