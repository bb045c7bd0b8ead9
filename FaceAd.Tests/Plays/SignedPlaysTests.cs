using System.Net;
using System.Net.Http.Json;
using FaceAd.Core;
using FaceAd.Core.Proof;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Screens;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Notifications;
using FaceAd.Web.Plays;
using FaceAd.Web.Reports;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Plays;

/// <summary>Plays with the signature of their player: what is accepted, what is disputed, and what an export of them proves.</summary>
public sealed class SignedPlaysTests(SiteFixture app) : IClassFixture<SiteFixture>
{
    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task Plays_EachKindOfForgedSeal_IsDisputedAndTheHonestOnesBesideItCount()
    {
        var (screen, client) = await ScreenAsync();
        Assert.Equal((0, 0, 1), await SendAsync(client, Play(screen, 90))); // before any key of it is known, too
        using var sealer = new PlaySealer(screen.Id);
        using var other = new PlaySealer(Guid.NewGuid()); // another screen's
        var honest = sealer.SealAll([Play(screen, 60), Play(screen, 59), Play(screen, 58)]);
        Assert.Equal((3, 0, 0), await SendAsync(client, [.. honest]));
        Assert.Equal((0, 3, 0), await SendAsync(client, [.. honest]));

        PlayReport Sealed(int minutes) => sealer.Seal(Play(screen, minutes)); // number 4, of whatever comes first
        PlayReport With(int minutes, Func<PlaySeal, PlaySeal> edit) =>
            Sealed(minutes) is var play ? play with { Seal = edit(play.Seal!) } : play;
        (DisputeReason Reason, PlayReport Play)[] forged =
        [
            (DisputeReason.NotSigned, Play(screen, 50)),
            (DisputeReason.NotSigned, Play(screen, 51) with { DecisionId = null }),
            (DisputeReason.WrongSignature, Sealed(49) with { FramesPresented = 249 }),
            (DisputeReason.WrongSignature, Sealed(48) with { Measured = false }),
            (DisputeReason.WrongSignature, other.Seal(Play(screen, 47))),
            (DisputeReason.WrongSignature, With(46, s => s with { Key = other.Seal(honest[0]).Seal!.Key })),
            (DisputeReason.WrongSignature, With(45, s => s with { Number = 5 })),
            (DisputeReason.WrongSignature, With(44, s => s with { Number = -1 })),
            (DisputeReason.WrongSignature, With(43, s => s with { Previous = [] })),
            (DisputeReason.WrongSignature, With(42, s => s with { Signature = new byte[70] })),
            (DisputeReason.WrongSignature, With(41, s => s with { Key = new byte[PlayKey.Bytes], Signature = null! })),
            (DisputeReason.WrongSignature, With(40, s => s with { Signature = honest[0].Seal!.Signature })),
        ];
        Assert.Equal((0, 0, forged.Length), await SendAsync(client, [.. forged.Select(f => f.Play)]));
        await using var db = app.NewContext();
        var kept = await db.Set<DisputedPlay>().AsNoTracking().Where(p => p.ScreenId == screen.Id).ToDictionaryAsync(p => p.Id);
        Assert.Equal(3, await db.Plays.CountAsync(p => p.ScreenId == screen.Id));
        Assert.Equal(forged.Select(f => (f.Play.PlayId, f.Reason)), forged.Select(f => (f.Play.PlayId, kept[f.Play.PlayId].Reason)));
        // What nobody signed has taken no number, and no key.
        var key = await db.Set<ScreenKey>().AsNoTracking().SingleAsync(k => k.ScreenId == screen.Id);
        Assert.Equal([1, 2, 3], await db.Set<SealedPlay>().Where(s => s.KeyId == key.Id).Select(s => s.Number).Order().ToListAsync());
        Assert.Equal((1, 0, 0), await SendAsync(client, sealer.Seal(Play(screen, 39))));
    }

    [Fact]
    public async Task Plays_UnderANumberThatIsUsed_AreDisputedAndThePlayerIsToldToMakeANewKey()
    {
        var (screen, client) = await ScreenAsync();
        using var sealer = new PlaySealer(screen.Id);
        var (first, copy) = (sealer.Seal(Play(screen, 60)), sealer.Seal(Play(screen, 50)));
        var same = sealer.Seal(Play(screen, 40)); // in one request with the first
        var receipt = await PostAsync(client, first, same);
        Assert.Equal((1, 1, true), (receipt.Accepted, receipt.Disputed, receipt.NumbersAreUsed));
        receipt = await PostAsync(client, copy);
        Assert.Equal((0, 1, true), (receipt.Accepted, receipt.Disputed, receipt.NumbersAreUsed));
        receipt = await PostAsync(client, first);
        Assert.Equal((1, false), (receipt.Known, receipt.NumbersAreUsed));
        await using var db = app.NewContext();
        Assert.Equal(2, await db.Set<DisputedPlay>().CountAsync(p => p.ScreenId == screen.Id && p.Reason == DisputeReason.NumberUsed));
        var kept = await db.Set<SealedPlay>().SingleAsync(s => s.PlayId == first.PlayId || s.PlayId == copy.PlayId);
        Assert.Equal(first.PlayId, kept.PlayId);
    }

    [Fact]
    public async Task Plays_OfAScreenWithANewKeyAndANewToken_AreItsPlayersAlone()
    {
        var (screen, client) = await ScreenAsync();
        var (other, thief) = await ScreenAsync();
        using PlaySealer earlier = new(screen.Id), present = new(screen.Id);
        var copy = earlier.Seal(Play(screen, 50)); // number 1, as a copy of the folder would
        var waiting = earlier.SealAll([Play(screen, 60), Play(screen, 59), Play(screen, 58)]);
        Assert.Equal((1, 0, 0), await SendAsync(client, waiting[0]));
        Assert.Equal((1, 0, 0), await SendAsync(client, present.Seal(Play(screen, 49))));
        Assert.Equal((1, 0, 1), await SendAsync(client, waiting[1], copy)); // what waited for its turn counts, what was made up does not
        Assert.Equal((0, 0, 1), await SendAsync(thief, earlier.Seal(Play(other, 48)))); // a retired key is no other screen's

        var token = await app.Registry.RenewTokenAsync(screen.Id);
        var refused = await client.SendAsync(Routes.Plays, new[] { waiting[2] });
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        await using var db = app.NewContext();
        Assert.Equal(3, await db.Plays.CountAsync(p => p.ScreenId == screen.Id));
        Assert.False(await db.Plays.AnyAsync(p => p.ScreenId == other.Id));
        using var renewed = new DeviceClient(app, token);
        Assert.Equal((1, 0, 0), await SendAsync(renewed, waiting[2]));
    }

    [Fact]
    public async Task Plays_WithNewKeys_AreToldFromTheSecondOnAndDisputedBeyondTen()
    {
        var (screen, client) = await ScreenAsync();
        var plays = Enumerable.Range(0, ScreenKeys.MostNew + 2).Select(i =>
        {
            using var sealer = new PlaySealer(screen.Id);
            return sealer.Seal(Play(screen, 60 - i));
        }).ToArray();
        Assert.Equal((1, 0, 0), await SendAsync(client, plays[0]));
        await using var db = app.NewContext();
        Assert.False(await db.Set<Notification>().AnyAsync(n => n.ScreenId == screen.Id));
        Assert.Equal((9, 1, 2), await SendAsync(client, plays));
        Assert.Equal(9, await db.Set<Notification>().CountAsync(
            n => n.ScreenId == screen.Id && n.Kind == NotificationKind.ScreenKeyChanged && n.Subject == screen.Name));
        var told = await db.AuditEntries.AsNoTracking()
            .Where(e => e.SubjectId == screen.Id && e.Verb == AuditVerb.ScreenKeyChanged).ToListAsync();
        Assert.Equal(9, told.Count);
        Assert.Contains(told, e => e.Details!.Contains(PlayKey.FingerprintOf(plays[1].Seal!.Key), StringComparison.Ordinal));
        Assert.Equal(2, await db.Set<DisputedPlay>().CountAsync(p => p.ScreenId == screen.Id && p.Reason == DisputeReason.UnknownKey));
    }

    [Fact]
    public async Task Export_OfPlaysAndDisputedOnes_IsSoundUntilARowIsChangedOrTaken()
    {
        var (screen, client) = await ScreenAsync();
        using var sealer = new PlaySealer(screen.Id);
        var house = Play(screen, 59) with { DecisionId = null };
        // Beside the campaign's: one that is disputed, signed all the same; it keeps the chain whole.
        var plays = sealer.SealAll([Play(screen, 60), house, Play(screen, 58), Play(screen, 57), Play(screen, 56)]);
        Assert.Equal((4, 0, 1), await SendAsync(client, [.. plays]));
        var summary = await ExportAsync(screen);
        Assert.True(summary.IsSound, string.Join(", ", summary.Faults));
        Assert.Equal((4, 40), (summary.Plays, summary.Length.TotalSeconds));
        var key = Assert.Single(summary.Screens.Single().Keys);
        Assert.Equal((sealer.Fingerprint, 1, 5, 1), (key.Fingerprint, key.First, key.Last, key.Others));
        Assert.Equal([ProofFaultKind.UnknownKey], (await ExportAsync(screen, expected: new string('a', 64))).Counts.Keys);

        await using var db = app.NewContext();
        await db.Plays.Where(p => p.Id == plays[2].PlayId).ExecuteUpdateAsync(s => s.SetProperty(p => p.FramesPresented, 1));
        Assert.Equal([ProofFaultKind.Edited, ProofFaultKind.Unproved], (await ExportAsync(screen)).Counts.Keys.Order());
        await db.Plays.Where(p => p.Id == plays[2].PlayId).ExecuteUpdateAsync(s => s.SetProperty(p => p.FramesPresented, 250));
        await db.Set<SealedPlay>().Where(s => s.PlayId == plays[1].PlayId).ExecuteDeleteAsync();
        Assert.Equal([(ProofFaultKind.Gap, 3L)], (await ExportAsync(screen)).Faults.Select(f => (f.Kind, f.Number)));
    }

    private async Task<ProofSummary> ExportAsync(Screen screen, string? expected = null)
    {
        var proofs = app.Services.GetRequiredService<Proofs>();
        var today = DateOnly.FromDateTime(_now.UtcDateTime);
        var plan = await proofs.PlanAsync(app.Campaign, today.AddDays(-2), today.AddDays(2), screen.Id, default);
        using var check = new ProofCheck(expected is null ? null : new HashSet<string> { expected });
        await foreach (var line in proofs.ReadAsync(plan!, default)) check.Add(line.Write());
        return check.Finish();
    }

    private async Task<(Screen Screen, DeviceClient Client)> ScreenAsync()
    {
        var (screen, token) = await app.Registry.RegisterAsync(
            app.Server.Screen.SiteId, Guid.NewGuid().ToString("N"), InferenceMode.Device);
        return (screen, new DeviceClient(app, token));
    }

    private PlayReport Play(Screen screen, int minutes)
    {
        var at = _now.AddMinutes(-minutes);
        return new PlayReport
        {
            PlayId = Guid.NewGuid(),
            DecisionId = app.Decide(screen.Id, app.Creative.Id, at),
            CreativeId = app.Creative.Id,
            StartedAt = at,
            EndedAt = at.AddSeconds(10),
            End = PlayEnd.Completed,
            Measured = true,
            FramesPresented = 250,
        };
    }

    private static async Task<(int Accepted, int Known, int Disputed)> SendAsync(DeviceClient client, params PlayReport[] plays)
    {
        var receipt = await PostAsync(client, plays);
        return (receipt.Accepted, receipt.Known, receipt.Disputed);
    }

    private static async Task<PlayReceipt> PostAsync(DeviceClient client, params PlayReport[] plays)
    {
        var answer = await client.SendAsync(Routes.Plays, plays);
        var receipt = (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<PlayReceipt>())!;
        Assert.Empty(receipt.Refused);
        return receipt;
    }
}
