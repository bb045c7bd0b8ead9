using System.Net.Http.Json;
using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Core.Offline;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Screens;
using FaceAd.Web.Decisions;
using FaceAd.Web.Players;
using FaceAd.Web.Plays;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Plays;

/// <summary>Plays that a screen made while the server was away count, each once and within what was allowed; others are disputed.</summary>
public sealed class OfflinePlaysTests(SiteFixture app) : IClassFixture<SiteFixture>
{
    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();

    // Of four hours, two of which have passed.
    private OfflineSlice Slice => new(Minute.AddHours(-2), Minute.AddHours(2), 8);

    private DateTimeOffset Minute => new(_now.UtcTicks - (_now.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);

    private DecisionSeals Seals => app.Services.GetRequiredService<DecisionSeals>();

    [Fact]
    public async Task Plays_OfASlice_CountOnceAndSayWhyTheyRan()
    {
        var (screen, client) = await ScreenAsync();
        PlayReport[] plays = [.. Enumerable.Range(1, 5).Select(n => Play(screen, n, -20 * n))];
        Assert.Equal((5, 0, 0), await SendAsync(client, plays));
        // Told again, by whoever has the token: at other times, and under the same slice given out again for more plays.
        var again = Slice with { Plays = 12 };
        Assert.Equal((0, 5, 0), await SendAsync(client, [.. Enumerable.Range(1, 5).Select(n => Play(screen, n, 5 - (20 * n)))]));
        Assert.Equal((0, 5, 0), await SendAsync(client, [.. Enumerable.Range(1, 5).Select(n => Play(screen, n, -20 * n, again))]));

        await using var db = app.NewContext();
        Assert.Equal(5, await db.Plays.CountAsync(p => p.ScreenId == screen));
        await Wait.UntilAsync(async () => await db.Decisions.CountAsync(d => d.ScreenId == screen) == 5, "their reasons are written");
        var decisions = await db.Decisions.AsNoTracking().Where(d => d.ScreenId == screen).ToListAsync();
        Assert.Equal(plays.Select(p => p.PlayId).Order(), decisions.Select(d => d.Id).Order());
        Assert.All(decisions, d => Assert.Equal((DecisionReason.ServerAway, app.Campaign.Id), (d.Reason, d.CampaignId)));
        var feed = app.Services.GetRequiredService<DecisionFeed>();
        await Wait.UntilAsync(() => feed.Latest.Count(d => d.Decision.ScreenId == screen) == 5, "the live page shows them");
        Assert.Equal(feed.Latest.Select(d => d.Decision.At).OrderDescending(), feed.Latest.Select(d => d.Decision.At));

        // The row of such a decision is what a screen said: it proves nothing.
        Assert.Equal((0, 0, 1), await SendAsync(client,
            Play(screen, 1, -10) with { PlayId = Guid.NewGuid(), DecisionId = plays[0].PlayId }));
    }

    [Fact]
    public async Task Plays_BeyondWhatWasAllowed_AreDisputedWithTheirReason()
    {
        var (screen, client) = await ScreenAsync();
        var (other, _) = await ScreenAsync();
        var connected = app.Services.GetRequiredService<ConnectedTimes>();
        Assert.Equal((1, 0, 0), await SendAsync(client, Play(screen, 1, -100)));
        var raised = Seals.Make(screen, app.Creative.Id, Slice).ToByteArray(bigEndian: true);
        raised[7]++; // one play more
        (DisputeReason Reason, PlayReport Play)[] forged =
        [
            (DisputeReason.BeyondSlice, Play(screen, 9, -60)),
            (DisputeReason.BeyondSlice, Play(screen, 2, -59) with { PlayId = Guid.NewGuid() }),
            (DisputeReason.BeyondSlice, Play(screen, 2, -58) with { PlayId = Slice.PlayId(Seals.PlayKey(other), app.Creative.Id, 2) }),
            (DisputeReason.UnknownDecision, Play(screen, 2, -57) with { DecisionId = Seals.Make(other, app.Creative.Id, Slice) }),
            (DisputeReason.UnknownDecision, Play(screen, 3, -56) with { DecisionId = Seals.Make(screen, Guid.NewGuid(), Slice) }),
            (DisputeReason.UnknownDecision, Play(screen, 4, -55) with { DecisionId = new Guid(raised, bigEndian: true) }),
            (DisputeReason.NotAtItsTime, Play(screen, 5, -125)),
            (DisputeReason.NotAtItsTime, Play(screen, 1, -54, new(Slice.From.AddHours(-2), Slice.From.AddMinutes(60), 1))),
            (DisputeReason.NotAtItsTime, Play(screen, 1, -53, new(Slice.From.AddHours(2), Slice.Until, 1))),
            (DisputeReason.Overlap, Play(screen, 7, -100)),
        ];
        Assert.Equal((0, 0, forged.Length), await SendAsync(client, [.. forged.Select(f => f.Play)]));
        await using var db = app.NewContext();
        var kept = await db.Set<DisputedPlay>().AsNoTracking().Where(p => p.ScreenId == screen).ToDictionaryAsync(p => p.Id, p => p.Reason);
        Assert.Equal(forged.Select(f => (f.Play.PlayId, f.Reason)), forged.Select(f => (f.Play.PlayId, kept[f.Play.PlayId])));

        // Connected for half an hour: what began before may be true, what began since is not.
        Hear(connected, screen, -30, -1);
        var later = Slice with { From = Slice.From.AddMinutes(1) };
        var (before, since) = (Play(screen, 1, -35, later), Play(screen, 2, -25, later));
        Assert.Equal((1, 0, 1), await SendAsync(client, before, since));
        var disputed = await db.Set<DisputedPlay>().AsNoTracking().SingleAsync(p => p.Id == since.PlayId);
        Assert.Equal(DisputeReason.ServerWasThere, disputed.Reason);
        connected.Disconnected(screen);
    }

    [Fact]
    public async Task Plays_OfTimesBeforeTheLastGaps_CountInTheGapsOnly()
    {
        var (screen, client) = await ScreenAsync();
        // Heard until now but for two gaps, by whichever node: nothing of it is in this one's memory.
        await using (var db = app.NewContext())
        {
            db.Add(new ScreenGap { ScreenId = screen, Since = _now.AddMinutes(-90), Until = _now.AddMinutes(-80) });
            db.Add(new ScreenGap { ScreenId = screen, Since = _now.AddMinutes(-50), Until = _now.AddMinutes(-40) });
            await db.SaveChangesAsync();
            await db.Screens.Where(s => s.Id == screen).ExecuteUpdateAsync(s => s.SetProperty(x => x.LastSeenAt, _now.AddMinutes(-10)));
        }
        // The last one: whoever has not been heard since may have been alone.
        PlayReport[] real = [Play(screen, 1, -85), Play(screen, 2, -79), Play(screen, 3, -45), Play(screen, 4, -9)];
        PlayReport[] made = [Play(screen, 5, -100), Play(screen, 6, -70), Play(screen, 7, -30)];
        Assert.Equal((4, 0, 3), await SendAsync(client, [.. real, .. made]));
        await using var after = app.NewContext();
        Assert.Equal(
            real.Select(p => p.PlayId).ToHashSet(), await after.Plays.Where(p => p.ScreenId == screen).Select(p => p.Id).ToHashSetAsync());
        Assert.All(
            await after.Set<DisputedPlay>().Where(p => p.ScreenId == screen).ToListAsync(),
            p => Assert.Equal(DisputeReason.ServerWasThere, p.Reason));
    }

    [Fact]
    public async Task Plays_OfAScreenThatConnectsAnewAllTheTime_AreDisputed()
    {
        var (screen, client) = await ScreenAsync();
        var connected = app.Services.GetRequiredService<ConnectedTimes>();
        for (var minutes = -60; minutes < -10; minutes++)
        {
            Hear(connected, screen, minutes, minutes + 0.9);
            connected.Disconnected(screen);
        }
        Assert.Null(connected.Since(screen));
        Assert.Equal((0, 0, 1), await SendAsync(client, Play(screen, 1, -20)));
        // Silent for a while, on a new connection as on an old one: then it may have been alone.
        Hear(connected, screen, -8, -6);
        Assert.Equal((1, 0, 0), await SendAsync(client, Play(screen, 2, -9)));
        connected.Heard(screen, _now.AddMinutes(-2));
        Assert.Equal((1, 0, 0), await SendAsync(client, Play(screen, 3, -4)));
    }

    // A connection with its heartbeats.
    private void Hear(ConnectedTimes connected, Guid screen, double from, double to)
    {
        connected.Connected(screen, _now.AddMinutes(from));
        for (var at = from; at <= to; at += 0.25) connected.Heard(screen, _now.AddMinutes(at));
    }

    private async Task<(Guid Screen, DeviceClient Client)> ScreenAsync()
    {
        var (screen, token) = await app.Registry.RegisterAsync(
            app.Server.Screen.SiteId, Guid.NewGuid().ToString("N"), InferenceMode.Device);
        return (screen.Id, new DeviceClient(app, token));
    }

    private PlayReport Play(Guid screen, int number, double minutes, OfflineSlice? slice = null) => new()
    {
        PlayId = (slice ?? Slice).PlayId(Seals.PlayKey(screen), app.Creative.Id, number),
        DecisionId = Seals.Make(screen, app.Creative.Id, slice ?? Slice),
        CreativeId = app.Creative.Id,
        StartedAt = _now.AddMinutes(minutes),
        EndedAt = _now.AddMinutes(minutes).AddSeconds(10),
        End = PlayEnd.Completed,
        Measured = false,
        FramesPresented = 250,
    };

    private static async Task<(int Accepted, int Known, int Disputed)> SendAsync(DeviceClient client, params PlayReport[] plays)
    {
        var receipt = (await (await client.SendPlaysAsync(plays)).Content.ReadFromJsonAsync<PlayReceipt>())!;
        Assert.Empty(receipt.Refused);
        return (receipt.Accepted, receipt.Known, receipt.Disputed);
    }
}
