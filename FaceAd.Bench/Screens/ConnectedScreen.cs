using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using FaceAd.Core;
using FaceAd.Player;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;

namespace FaceAd.Bench.Screens;

/// <summary>
/// A screen as the server sees it: a hub connection of the player's own kind, heartbeats, play after play with its proof, and now and then
/// a rider, for whom an ad must be pushed at once, and the house loop after it.
/// </summary>
sealed class ConnectedScreen(BenchScreen screen, ScreenLoad load, Random random)
{
    /// <summary>A command that has not come by then is lost.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // As PlaybackMachine tells it.
    private static readonly TimeSpan Notice = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan RiderLeaves = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);
    private const int FramesPerSecond = 25;

    private volatile HubConnection? _hub;
    private volatile Expectation? _expected;
    private int _losses;
    private readonly PlayerKeys _keys = new();

    /// <summary>Connects and goes on until stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            await Task.WhenAll(KeepConnectedAsync(stop), BeatAsync(stop), PlayAsync(stop));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped.
        }
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private async Task KeepConnectedAsync(CancellationToken stop)
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(10), TimeProvider.System);
        while (true)
        {
            var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var hub = Build();
            hub.Closed += _ =>
            {
                closed.TrySetResult();
                return Task.CompletedTask;
            };
            try
            {
                await load.Connecting.WaitAsync(stop);
                try
                {
                    await hub.StartAsync(stop);
                }
                finally
                {
                    load.Connecting.Release();
                }
                _hub = hub;
                load.Tally.Came();
                try
                {
                    await closed.Task.WaitAsync(stop);
                }
                finally
                {
                    _hub = null;
                    _losses++;
                    load.Tally.Went();
                }
                load.Tally.Failed("connection lost");
            }
            catch (Exception e) when (!stop.IsCancellationRequested)
            {
                load.Tally.Failed("could not connect: " + e.Message);
            }
            await backoff.WaitAsync(stop);
        }
    }

    private HubConnection Build()
    {
        var hub = new HubConnectionBuilder()
            .WithUrl(new Uri(load.Server, Routes.Hub), HttpTransportType.WebSockets, way =>
            {
                way.Headers["Authorization"] = "Bearer " + screen.Token;
                way.SkipNegotiation = true;
            })
            .WithServerTimeout(Silence).WithKeepAliveInterval(Heartbeat.Interval).Build();
        hub.On<PlayCommand>(nameof(IScreenClient.Play), command => Take(hub, command));
        hub.On<ScreenProgramme>(nameof(IScreenClient.Programme), _ => { });
        hub.On<bool>(nameof(IScreenClient.AudienceOpen), _ => { });
        return hub;
    }

    private Task Take(HubConnection hub, PlayCommand command)
    {
        var at = Stopwatch.GetTimestamp();
        if (_expected is { } expected && expected.Creative == command.CreativeId) expected.Came.TrySetResult((command, at));
        else load.Tally.Failed("a command that nothing had asked for");
        return TellAsync(hub, nameof(IScreenHub.Acknowledge), command.Sequence);
    }

    private async Task BeatAsync(CancellationToken stop)
    {
        await Task.Delay(load.Beat * random.NextDouble(), stop);
        using var timer = new PeriodicTimer(load.Beat);
        while (await timer.WaitForNextTickAsync(stop))
        {
            if (_hub is not { } hub) continue;
            try
            {
                await hub.InvokeAsync<HeartbeatReply>(nameof(IScreenHub.Beat), new Heartbeat
                {
                    SentAt = Now,
                    ClockAheadMilliseconds = 1,
                    PlayerVersion = "bench",
                    Showing = load.House,
                    Camera = CameraState.Running,
                    OutboxPending = 0,
                    CreativesReady = load.Ads.Count + 1,
                    PageRendering = true,
                    Analysing = InferenceMode.Device,
                    HasModels = true,
                }, stop);
                load.Tally.Beat();
            }
            catch (Exception e) when (!stop.IsCancellationRequested)
            {
                load.Tally.Failed("heartbeat: " + e.GetType().Name);
            }
        }
    }

    private async Task PlayAsync(CancellationToken stop)
    {
        await Task.Delay(load.Play * (load.PlaysPerRide * random.NextDouble()), stop);
        while (true)
        {
            if (_hub is null)
            {
                await Task.Delay(load.Play, stop); // not connected yet
                continue;
            }
            await RideAsync(stop);
            for (var play = 1; play < load.PlaysPerRide; play++) await PlayOnceAsync(null, null, null, stop);
        }
    }

    private async Task RideAsync(CancellationToken stop)
    {
        var (segment, creative) = load.Ads[random.Next(load.Ads.Count)];
        var rider = new Rider(segment, Residents.View(random.Next(Residents.Count), random), Now);
        var (at, sent, losses) = (Now, Stopwatch.GetTimestamp(), _losses);
        var expected = _expected = new Expectation(creative);
        var taken = await ReportAsync(rider.Report(1, at, isOver: false), stop);
        var command = await ArrivalAsync(expected, at, "an audience report", taken, losses, stop);
        if (command is { } came) load.Tally.Pushed(Stopwatch.GetElapsedTime(sent, came.At).TotalMilliseconds);
        await PlayOnceAsync(command is null ? null : creative, command?.Command.DecisionId, rider, stop);
    }

    private async Task PlayOnceAsync(Guid? creative, Guid? decision, Rider? rider, CancellationToken stop)
    {
        var began = Now;
        if (rider is null)
        {
            await Task.Delay(load.Play - Notice, stop);
        }
        else
        {
            await Task.Delay(load.Play - RiderLeaves, stop);
            await ReportAsync(rider.Report(2, Now, isOver: true), stop);
            await Task.Delay(RiderLeaves - Notice, stop);
        }
        var (at, losses) = (Now, _losses);
        // What follows an ad that nobody watches any more is the house loop; what follows that needs no command.
        var expected = _expected = creative is null ? null : new Expectation(null);
        if (_hub is { } hub) await TellAsync(hub, nameof(IScreenHub.PlayEnding), new PlayEnding(creative, Notice));
        await Task.Delay(Notice, stop);
        await ProveAsync(creative ?? load.House, decision, began, stop);
        if (expected is not null && await ArrivalAsync(expected, at, "the end of a play", "sent", losses, stop) is not null)
            load.Tally.Ended();
    }

    private async Task<(PlayCommand Command, long At)?> ArrivalAsync(
        Expectation expected, DateTimeOffset at, string cause, string taken, int losses, CancellationToken stop)
    {
        try
        {
            return await expected.Came.Task.WaitAsync(Patience, stop);
        }
        catch (TimeoutException)
        {
            load.Tally.Lost.Enqueue(new LostPush(screen, at, cause, taken, _hub is not null && losses == _losses));
            return null;
        }
        finally
        {
            _expected = null;
        }
    }

    private async Task<string> ReportAsync(AudienceReport report, CancellationToken stop)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(load.Server, Routes.Audiences))
            {
                Content = JsonContent.Create(report),
            };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", screen.Token);
            await request.Content.LoadIntoBufferAsync(stop);
            using var answer = await load.Http.SendAsync(request, stop);
            if (answer.StatusCode == HttpStatusCode.OK) load.Tally.Reported();
            else load.Tally.Failed($"audience report: {(int)answer.StatusCode}");
            return $"answered {(int)answer.StatusCode}";
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            load.Tally.Failed("audience report: " + e.GetType().Name);
            return e.GetType().Name;
        }
    }

    private async Task ProveAsync(Guid creative, Guid? decision, DateTimeOffset began, CancellationToken stop)
    {
        PlayReport play = new()
        {
            PlayId = Guid.NewGuid(),
            DecisionId = decision,
            CreativeId = creative,
            StartedAt = began,
            EndedAt = Now,
            End = PlayEnd.Completed,
            Measured = true,
            FramesPresented = (int)(load.Play.TotalSeconds * FramesPerSecond),
        };
        try
        {
            var receipt = await PlayPost.UntilTakenAsync(
                load.Http, load.Server, screen.Token, _keys.Sign(screen.Id, [play]), load.Play, stop);
            load.Tally.Played(receipt.Accepted, receipt.Disputed + receipt.Refused.Count);
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            load.Tally.Failed("play report: " + e.GetType().Name);
        }
    }

    private async Task TellAsync(HubConnection hub, string method, object told)
    {
        try
        {
            await hub.SendAsync(method, told);
        }
        catch (Exception e) // the connection has ended
        {
            load.Tally.Failed($"{method}: {e.GetType().Name}");
        }
    }

    /// <summary>A command that is due.</summary>
    /// <param name="Creative">What it must name; null for the house loop.</param>
    private sealed record Expectation(Guid? Creative)
    {
        public TaskCompletionSource<(PlayCommand Command, long At)> Came { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
