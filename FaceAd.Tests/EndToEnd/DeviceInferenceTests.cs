using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Player;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Network;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.EndToEnd;

/// <summary>
/// Device inference on real input: footage, the real models in a real player, the real server and database; and in between a
/// proxy on plaintext loopback that keeps every byte the player sends.
/// </summary>
[Collection(nameof(Alone))]
public sealed partial class DeviceInferenceTests(DeviceInferenceFixture app) : IClassFixture<DeviceInferenceFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private static readonly JsonSerializerOptions Strict =
        new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    [Fact]
    public async Task Device_RidersComeAndGo_TheLoopRunsAndOnlyEstimatesLeaveTheCabin()
    {
        var screen = await app.RegisterAsync(InferenceMode.Device);
        await using var proxy = new RecordingProxy(app.Address);
        await using (var player = await app.StartPlayerAsync(proxy.Address, screen.Token, browser: "headless"))
        {
            await UntilAsync(async () =>
            {
                await using var db = app.NewContext();
                var plays = await db.Plays.Where(p => p.ScreenId == screen.Id && p.CampaignId == app.Women.Id).Select(p => p.Id)
                    .ToListAsync();
                return await db.Exposures.AnyAsync(e => plays.Contains(e.PlayId))
                    && await db.Audiences.AnyAsync(a => a.ScreenId == screen.Id && a.State == AudienceState.Closed);
            }, "a targeted play is proved and counted, and the riders have gone");
            await player.StopAsync();
        }

        await using (var db = app.NewContext())
        {
            var decision = await db.Decisions.AsNoTracking().FirstAsync(d => d.ScreenId == screen.Id && d.CampaignId == app.Women.Id);
            Assert.Equal(DecisionReason.Targeted, decision.Reason);
            var audience = await db.Audiences.AsNoTracking().OrderBy(a => a.OpenedAt).FirstAsync(a => a.ScreenId == screen.Id);
            var presences = await db.Presences.AsNoTracking().Where(p => p.AudienceId == audience.Id).ToListAsync();
            Assert.Equal([Segment.Women2030, Segment.Women2030], presences.Select(s => s.Segment));
            Assert.Equal(2, presences.Select(s => s.PersonId).OfType<Guid>().Distinct().Count());
        }
        var sent = proxy.Sent();
        Assert.All(sent, AssertAllowed);
        Assert.Contains(sent, m => m.Path == Routes.Audiences);
        Assert.Contains(sent, m => m.Path == Routes.Plays);
        Assert.Contains(sent, m => m.Text.Contains("\"target\":\"Beat\"", StringComparison.Ordinal));
        Assert.Contains(sent, m => m.Path == Routes.Audiences && Report(m).Presences.Any(p => p.Views.Count > 0));
    }

    [Fact]
    public async Task Mode_SwitchedWhileThePlayerRuns_FramesStopAndStartAndNoRideBecomesTwoAudiences()
    {
        var screen = await app.RegisterAsync(InferenceMode.Server);
        await using var proxy = new RecordingProxy(app.Address);
        await using var player = await app.StartPlayerAsync(proxy.Address, screen.Token, browser: "none");
        var status = player.Services.GetRequiredService<PlayerStatus>();
        int Frames() => proxy.Sent().Count(m => m.Path == Routes.Frames);
        List<AudienceReport> Reports() => [.. proxy.Sent().Where(m => m.Path == Routes.Audiences).Select(Report)];
        Task ModeAsync(InferenceMode mode) => UntilAsync(
            () => Task.FromResult(status.Analysis == new PlayerStatus.AnalysisFacts(mode, null)), $"the player has changed over to {mode}");

        // Riders are in view when the administrator switches: the server counts them to their end.
        await UntilAsync(() => Task.FromResult(Frames() > 0), "the first rider is seen");
        await app.Registry.SetModeAsync(screen.Id, InferenceMode.Device);
        await ModeAsync(InferenceMode.Device);
        var frames = Frames();
        Assert.Empty(Reports());

        await UntilAsync(() => Task.FromResult(Reports().Any(r => r.State == AudienceState.Closed)), "the player has told of a whole ride");
        Assert.Equal(frames, Frames());

        await app.Registry.SetModeAsync(screen.Id, InferenceMode.Server);
        await ModeAsync(InferenceMode.Server);
        var reports = Reports();
        var back = TimeProvider.System.GetUtcNow();
        await UntilAsync(() => Task.FromResult(Frames() > frames), "frames are sent again");
        await UntilAsync(async () =>
        {
            await using var db = app.NewContext();
            return await db.Audiences.AnyAsync(a => a.ScreenId == screen.Id && a.State == AudienceState.Closed && a.OpenedAt > back);
        }, "the server has seen a whole ride again");
        await player.StopAsync();

        Assert.Equal(reports.Count, Reports().Count);
        await using var db = app.NewContext();
        var audiences = (await db.Audiences.AsNoTracking().Where(a => a.ScreenId == screen.Id).OrderBy(a => a.OpenedAt).ToListAsync())
            .TakeWhile(a => a.State == AudienceState.Closed).ToList();
        // By the server, then by the player, then by the server again; and never two audiences in one turn of the footage.
        var byPlayer = audiences.Select(a => reports.Any(r => r.AudienceId == a.Id)).ToList();
        Assert.Equal([false, true, false], byPlayer.Where((own, n) => n == 0 || own != byPlayer[n - 1]));
        Assert.All(audiences.Zip(audiences.Skip(1)), pair =>
            Assert.True((pair.Second.OpenedAt - pair.First.OpenedAt).TotalSeconds > DeviceInferenceFixture.Turn - 2));
        foreach (var audience in audiences)
        {
            var presence = Assert.Single(await db.Presences.AsNoTracking().Where(p => p.AudienceId == audience.Id).ToListAsync());
            Assert.InRange((presence.To - presence.From).TotalSeconds, 2, 4.5);
            Assert.NotNull(presence.PersonId);
        }
    }

    [Fact]
    public async Task Device_PlayerHasNoModels_SaysSoAndSendsNoPicture()
    {
        var screen = await app.RegisterAsync(InferenceMode.Device);
        await using var proxy = new RecordingProxy(app.Address);
        await using var player = await app.StartPlayerAsync(proxy.Address, screen.Token, browser: "none", models: false);
        var board = app.Services.GetRequiredService<Web.Players.ScreenBoard>();
        await UntilAsync(() =>
            Task.FromResult(board.Now().Single(s => s.ScreenId == screen.Id) is { HasModels: false, Analysing: InferenceMode.Device }),
            "the board knows");
        await UntilAsync(() => Task.FromResult(player.Services.GetRequiredService<PlayerStatus>().Analysis.Problem == Heartbeat.NoModels),
            "the player says so");
        await player.StopAsync();
        Assert.All(proxy.Sent(), AssertAllowed);
    }

    private static AudienceReport Report(SentMessage message) => JsonSerializer.Deserialize<AudienceReport>(message.Body, Strict)!;

    // The whole list of what a player may send while it analyses its own frames. Whatever is not on it fails the test.
    private static void AssertAllowed(SentMessage message)
    {
        Assert.InRange(message.Body.Length, 0, 8192);
        Assert.InRange(message.Head.Length, 0, 1024);
        Assert.True(message.Body.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) < 0, "A JPEG left the cabin.");
        Assert.True(message.Body.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47]) < 0, "A PNG left the cabin.");
        switch (message.Method, message.Path)
        {
            case ("POST", $"{Routes.Hub}/negotiate?negotiateVersion=1"):
                Assert.Empty(message.Body);
                break;
            case ("GET", var path) when Connect().IsMatch(path) || Media().IsMatch(path):
                Assert.Empty(message.Body);
                break;
            case ("POST", Routes.Audiences):
                AssertEstimatesOnly(Report(message));
                break;
            case ("POST", Routes.Plays):
                Assert.NotEmpty(JsonSerializer.Deserialize<PlayReport[]>(message.Body, Strict)!);
                break;
            case ("HUB", _):
                AssertAllowedHubMessage(JsonDocument.Parse(message.Body).RootElement);
                break;
            case ("CONTROL", _):
                Assert.InRange(message.Body.Length, 0, 125);
                break;
            default:
                Assert.Fail($"{message.Method} {message.Path} is not on the list.");
                break;
        }
    }

    private static void AssertEstimatesOnly(AudienceReport report)
    {
        Assert.InRange(report.ModelVersion.Length, 1, 120);
        foreach (var view in report.Presences.SelectMany(p => p.Views))
        {
            // An embedding is a unit vector of half floats; a part of a picture would hardly be.
            Assert.Equal(PresenceReport.ViewBytes, view.Length);
            var squares = Enumerable.Range(0, PresenceReport.EmbeddingLength)
                .Sum(i => Math.Pow((double)BitConverter.ToHalf(view, 2 * i), 2));
            Assert.InRange(squares, 0.98, 1.02);
        }
    }

    private static void AssertAllowedHubMessage(JsonElement message)
    {
        if (message.TryGetProperty("protocol", out var protocol))
        {
            Assert.Equal("json", protocol.GetString()); // the handshake
            return;
        }
        if (message.GetProperty("type").GetInt32() is 6 or 7) return; // ping, close
        Assert.Equal(1, message.GetProperty("type").GetInt32());
        var argument = Assert.Single(message.GetProperty("arguments").EnumerateArray());
        switch (message.GetProperty("target").GetString())
        {
            case nameof(IScreenHub.Beat):
                Assert.InRange(argument.Deserialize<Heartbeat>(Strict)!.Problem?.Length ?? 0, 0, Heartbeat.MaxProblem);
                break;
            case nameof(IScreenHub.Acknowledge):
                Assert.Equal(JsonValueKind.Number, argument.ValueKind);
                break;
            case nameof(IScreenHub.PlayEnding):
                Assert.NotNull(argument.Deserialize<PlayEnding>(Strict));
                break;
            case var target:
                Assert.Fail($"The hub method {target} is not on the list.");
                break;
        }
    }

    private static Task UntilAsync(Func<Task<bool>> condition, string what) => Wait.UntilAsync(condition, what, Patience);

    [GeneratedRegex($@"^{Routes.Hub}\?id=[\w-]{{22}}$")]
    private static partial Regex Connect();

    [GeneratedRegex("^/media/[0-9a-f]{64}\\.mp4$")]
    private static partial Regex Media();
}
