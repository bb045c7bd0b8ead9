using FaceAd.Core;
using FaceAd.Core.Offline;
using FaceAd.Core.Proof;
using FaceAd.Web.Campaigns;

namespace FaceAd.Bench.Screens;

/// <summary>What a screen could tell that is not so, on one of its own creatives of ten seconds.</summary>
/// <param name="server">The server, whose key seals decisions.</param>
/// <param name="keys">The players' keys: who tells lies has that of his own screen.</param>
/// <param name="ad">Creative of a campaign that runs, ten seconds long.</param>
/// <param name="other">Creative of another campaign that runs.</param>
/// <param name="rejected">Creative of a campaign that was rejected.</param>
/// <param name="deleted">Creative of a campaign that was deleted.</param>
sealed class Forgeries(
    MeasuredServer server, PlayerKeys keys, Creative ad, Creative other, Creative rejected, Creative deleted)
{
    /// <summary>Time for one attempt and the honest play beside it.</summary>
    public static readonly TimeSpan Slot = TimeSpan.FromMinutes(2);

    private const int Seconds = 10;

    /// <summary>The players' keys.</summary>
    public PlayerKeys Keys => keys;

    /// <summary>Every kind of forgery.</summary>
    public IReadOnlyList<Forgery> Kinds { get; } =
        [.. OfPlays(server, ad, other, rejected, deleted), .. OfSlices(server, ad), .. OfSeals(server, keys, ad)];

    /// <summary>An honest play of the ad.</summary>
    public PlayReport Honest(BenchScreen screen, DateTimeOffset at) => Play(server, screen, ad, at);

    /// <summary>Makes a forgery; but for the kinds of wrong seals it is signed by the screen's own player.</summary>
    public PlayReport Make(Forgery kind, Attempt attempt) =>
        kind.Make(attempt) is var play && kind.IsSealed ? play : keys.Sign(attempt.Screen.Id, [play])[0];

    private static IEnumerable<Forgery> OfPlays(
        MeasuredServer server, Creative ad, Creative other, Creative rejected, Creative deleted)
    {
        PlayReport At(Attempt a, double seconds = 30) => Play(server, a.Screen, ad, a.At.AddSeconds(seconds));
        yield return new("a decision that nobody took", a => At(a) with { DecisionId = Guid.CreateVersion7(a.At.AddSeconds(30)) });
        yield return new("another screen's decision", a => At(a) with
        {
            DecisionId = server.Decisions.Make(a.Neighbour.Id, ad.Id, a.At.AddSeconds(30)),
        });
        yield return new("another building's decision", a => At(a) with
        {
            DecisionId = server.Decisions.Make(a.Stranger.Id, ad.Id, a.At.AddSeconds(30)),
        });
        yield return new("another creative than decided", a => At(a) with { CreativeId = other.Id });
        yield return new("no decision", a => At(a) with { DecisionId = null });
        yield return new("a known play with another end", a => a.Honest with
        {
            EndedAt = a.Honest.EndedAt.AddSeconds(9),
            Seal = null,
        });
        yield return new("another screen's play", a => At(a) with
        {
            PlayId = a.Before.PlayId,
            DecisionId = a.Before.DecisionId,
        });
        yield return new("over another play", a => At(a, seconds: 5));
        yield return new("over another play, by a clock that is off", a => At(a, seconds: 8) with
        {
            DecisionId = server.Decisions.Make(a.Screen.Id, ad.Id, a.At.AddSeconds(100)),
        });
        yield return new("longer than its creative", a => At(a) with { EndedAt = a.At.AddSeconds(30 + 21) });
        yield return new("completed before its end", a => At(a) with { EndedAt = a.At.AddSeconds(30 + (a.IsOdd ? 1 : 4)) });
        yield return new("in the future", a => Play(server, a.Screen, ad, TimeProvider.System.GetUtcNow().AddMinutes(3)));
        yield return new("a decision that had lapsed", a => At(a) with
        {
            DecisionId = server.Decisions.Make(a.Screen.Id, ad.Id, a.At.AddMinutes(-18)),
        });
        yield return new("a decision that was played before", a => At(a) with { DecisionId = a.Honest.DecisionId });
        yield return new("frames that no display shows", a => At(a) with { FramesPresented = a.IsOdd ? 1 : 100_000 });
        yield return new("an end before its beginning", a => At(a) with { EndedAt = a.At });
        yield return new("a campaign that was rejected", a => At(a) with { CreativeId = rejected.Id });
        yield return new("a campaign that was deleted", a => At(a) with { CreativeId = deleted.Id });
        yield return new("measured where nothing measures", a => At(a), Unmeasured: true);
    }

    private static IEnumerable<Forgery> OfSlices(MeasuredServer server, Creative ad)
    {
        PlayReport Of(Attempt a, OfflineSlice slice, int number, BenchScreen? screen = null, BenchScreen? named = null) =>
            Play(server, a.Screen, ad, a.At.AddSeconds(30)) with
            {
                PlayId = slice.PlayId(server.Decisions.PlayKey((named ?? a.Screen).Id), ad.Id, number),
                DecisionId = server.Decisions.Make((screen ?? a.Screen).Id, ad.Id, slice),
            };
        OfflineSlice Slice(Attempt a, double hours = 0) => new(a.At.AddHours(hours), a.At.AddHours(hours + 1), 5);
        yield return new("a slice of earlier hours", a => Of(a, Slice(a, hours: -2), 1));
        yield return new("a slice of later hours", a => Of(a, Slice(a, hours: 1), 1));
        yield return new("a play beyond a slice", a => Of(a, Slice(a), a.IsOdd ? 6 : 4000));
        yield return new("another screen's slice", a => Of(a, Slice(a), 1, screen: a.Neighbour));
        yield return new("another screen's play of a slice", a => Of(a, Slice(a), 1, named: a.Neighbour));
        yield return new("a slice's play while the server was there", a => Of(a, Slice(a), 1), Connected: true);
    }

    private static IEnumerable<Forgery> OfSeals(MeasuredServer server, PlayerKeys keys, Creative ad)
    {
        PlayReport At(Attempt a) => Play(server, a.Screen, ad, a.At.AddSeconds(30));
        PlayReport With(Attempt a, Func<PlaySeal, PlaySeal> edit) =>
            keys.Sign(a.Screen.Id, [At(a)])[0] is var play ? play with { Seal = edit(play.Seal!) } : play;
        yield return new("not signed", At, IsSealed: true);
        yield return new("changed after it was signed", a => keys.Sign(a.Screen.Id, [At(a)])[0] is var play && a.IsOdd
            ? play with { EndedAt = play.EndedAt.AddSeconds(5) } : play with { Measured = false }, IsSealed: true);
        yield return new("another play's signature", a => At(a) with { Seal = a.Honest.Seal }, IsSealed: true);
        yield return new("another screen's signature", a => keys.Sign(a.Neighbour.Id, [At(a)])[0], IsSealed: true);
        yield return new("another screen's key", a => With(a, s => s with { Key = a.Before.Seal!.Key }), IsSealed: true);
        yield return new("moved in the chain", a => With(a, s => a.IsOdd
            ? s with { Number = s.Number + 1 } : s with { Previous = a.Honest.Seal!.Previous }), IsSealed: true);
        yield return new("under a number that was used", a => keys.SignInPlaceOf(a.Screen.Id, a.Honest, At(a)), IsSealed: true);
    }

    private static PlayReport Play(MeasuredServer server, BenchScreen screen, Creative creative, DateTimeOffset at) => new()
    {
        PlayId = Guid.NewGuid(),
        DecisionId = server.Decisions.Make(screen.Id, creative.Id, at),
        CreativeId = creative.Id,
        StartedAt = at,
        EndedAt = at.AddSeconds(Seconds),
        End = PlayEnd.Completed,
        Measured = true,
        FramesPresented = 25 * Seconds,
    };
}

/// <summary>A kind of forgery.</summary>
/// <param name="Name">What it tells.</param>
/// <param name="Make">Makes one.</param>
/// <param name="Unmeasured">Whether it comes from a screen in a building that has never measured.</param>
/// <param name="Connected">Whether its screen has been connected all the time.</param>
/// <param name="IsSealed">Whether it makes the seal, too, or leaves it out.</param>
sealed record Forgery(
    string Name, Func<Attempt, PlayReport> Make, bool Unmeasured = false, bool Connected = false, bool IsSealed = false);

/// <summary>The place of one attempt in a screen's time.</summary>
/// <param name="Screen">The screen.</param>
/// <param name="Neighbour">Another one of its building.</param>
/// <param name="Stranger">One of another building.</param>
/// <param name="At">When its slot begins; an honest play begins then, too.</param>
/// <param name="Honest">That play, which the server has committed.</param>
/// <param name="Before">A committed play of the neighbour.</param>
/// <param name="IsOdd">Every other time.</param>
sealed record Attempt(
    BenchScreen Screen, BenchScreen Neighbour, BenchScreen Stranger, DateTimeOffset At, PlayReport Honest, PlayReport Before, bool IsOdd);
