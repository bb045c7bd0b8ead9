using FaceAd.Core.Decisions;

namespace FaceAd.Web.Delivery.Guarantee;

/// <summary>Divides a shortfall among its causes. Pure. Definitions: docs/metrics.md, "Causes of a shortfall".</summary>
static class ShortfallCauses
{
    /// <summary>The least share of a shortfall that is a cause of its own.</summary>
    public const double Least = 0.02;

    // So many were expected in hours in a row, and nobody came: that is no chance.
    private const double Blind = 12;

    /// <summary>The causes, the largest first; what nothing explains comes last. Together they are what is missing.</summary>
    /// <param name="facts">What is known.</param>
    public static IReadOnlyList<ShortfallCause> Of(ShortfallFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        if (facts.Missing < 1) return [];
        List<(ShortfallCause Cause, double Cost)> found =
            [(new(ShortfallKind.GoalRaised, 0), facts.Raised), (new(ShortfallKind.BookedTooMuch, 0), facts.NotForecast)];
        found.AddRange(OfTime(facts));
        // Each is estimated by itself: together they may come to more than there is.
        var sum = found.Sum(f => f.Cost);
        var scale = sum > facts.Missing ? facts.Missing / sum : 1;
        var rest = facts.Missing - (sum * scale);
        var stopped = facts.Stops.Sum(s => s.Times);
        List<(ShortfallCause Cause, double Cost)> all = [.. found.Select(f => (f.Cause, f.Cost * scale))];
        all.AddRange(facts.Stops.Where(s => KindOf(s.Gate) is not null)
            .Select(s => (new ShortfallCause(KindOf(s.Gate)!.Value, 0), rest * s.Times / stopped)));
        var named = all.Where(c => c.Cost >= Math.Max(1, facts.Missing * Least))
            .Select(c => c.Cause with { Impressions = (long)c.Cost }).OrderByDescending(c => c.Impressions).ThenBy(c => c.Kind).ToList();
        var unknown = (long)facts.Missing - named.Sum(c => c.Impressions);
        return unknown >= Math.Max(1, facts.Missing * Least) ? [.. named, new ShortfallCause(ShortfallKind.Unknown, unknown)] : named;
    }

    // What a campaign misses by who was not there, or by not being on air: the plan's part of the people who were expected.
    private static IEnumerable<(ShortfallCause, double)> OfTime(ShortfallFacts facts)
    {
        var hours = facts.Screens.SelectMany(s => s).ToList();
        var expected = hours.Sum(h => h.Expected);
        if (expected <= 0) yield break;
        var each = Math.Max(0, facts.Planned - facts.NotForecast - facts.Raised) / expected;
        yield return (
            new(ShortfallKind.LateStart, 0) { Hours = Longest(facts, h => h.Late) }, each * hours.Sum(h => h.Expected * h.Late));
        yield return (
            new(ShortfallKind.Paused, 0) { Hours = Longest(facts, h => h.Paused) }, each * hours.Sum(h => h.Expected * h.Paused));
        yield return (
            new(ShortfallKind.ScreensAway, 0)
            {
                Screens = facts.Screens.Count(s => s.Any(h => h.Away > 0)),
                Hours = hours.Sum(h => h.Away),
            },
            each * hours.Sum(h => h.Expected * OnAir(h) * h.Away));
        if (!facts.KnowsPeople) yield break;
        var (blind, seeing) = (0.0, (Expected: 0.0, Came: 0.0));
        var (screens, time) = (0, 0);
        foreach (var screen in facts.Screens)
        {
            var dark = IsBlind(screen);
            for (var i = 0; i < screen.Count; i++)
            {
                var there = screen[i].Expected * OnAir(screen[i]) * (1 - screen[i].Away);
                if (dark[i]) blind += there;
                else seeing = (seeing.Expected + there, seeing.Came + (screen[i].Came * OnAir(screen[i])));
            }
            var lost = dark.Count(d => d);
            (screens, time) = (screens + (lost > 0 ? 1 : 0), time + lost);
        }
        yield return (new(ShortfallKind.CamerasBlind, 0) { Screens = screens, Hours = time }, each * blind);
        var fewer = Math.Max(0, seeing.Expected - seeing.Came);
        yield return (
            new(ShortfallKind.FewerPeople, 0) { Fewer = seeing.Expected > 0 ? fewer / seeing.Expected : 0 }, each * fewer);
    }

    private static double OnAir(ScreenTime hour) => Math.Max(0, 1 - hour.Late - hour.Paused);

    // Of the flight's hours, not of each screen's.
    private static double Longest(ShortfallFacts facts, Func<ScreenTime, double> share) =>
        facts.Screens.Count == 0 ? 0 : facts.Screens.Max(s => s.Sum(share));

    // Hours in a row without anybody, although so many were expected in them while the screen was heard.
    private static bool[] IsBlind(IReadOnlyList<ScreenTime> screen)
    {
        var dark = new bool[screen.Count];
        var (from, expected) = (0, 0.0);
        for (var i = 0; i <= screen.Count; i++)
        {
            if (i < screen.Count && screen[i].CameOfAll <= 0)
            {
                expected += screen[i].ExpectedOfAll * (1 - screen[i].Away);
                continue;
            }
            if (expected >= Blind) Array.Fill(dark, true, from, i - from);
            (from, expected) = (i + 1, 0);
        }
        // An hour in which nobody was expected, or the screen was not heard, shows nothing of its camera.
        for (var i = 0; i < dark.Length; i++) dark[i] &= screen[i] is { ExpectedOfAll: > 0, Away: < 1 };
        return dark;
    }

    private static ShortfallKind? KindOf(Gate gate) => gate switch
    {
        Gate.Outbid => ShortfallKind.Outbid,
        Gate.FrequencyCap => ShortfallKind.FrequencyCap,
        Gate.Separation => ShortfallKind.Separation,
        Gate.Child => ShortfallKind.Child,
        Gate.Confidence => ShortfallKind.Confidence,
        Gate.Creative => ShortfallKind.Creative,
        _ => null, // its own plan, or nobody of its target
    };
}
