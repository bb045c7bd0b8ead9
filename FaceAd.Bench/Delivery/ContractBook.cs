using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Demo.History;

namespace FaceAd.Bench.Delivery;

/// <summary>Draws contracts that can all be kept at once.</summary>
static class ContractBook
{
    const int Categories = 8;

    /// <summary>
    /// Contracts whose goals a plan made with hindsight meets: each slot goes to one of those that may have it, drawn by weights, and
    /// what a contract gets that way, times <paramref name="load"/>, is its goal.
    /// </summary>
    /// <param name="trace">What happens.</param>
    /// <param name="count">Contracts drawn; those that would get fewer than a hundred impressions are left out.</param>
    /// <param name="load">Share of the plan that is booked: below 1 leaves slack, above 1 oversells.</param>
    /// <param name="seed">Seed of chance.</param>
    public static IReadOnlyList<Contract> Draw(Trace trace, int count, double load, int seed)
    {
        var chance = new Chance(seed);
        List<Contract> drawn = [.. Enumerable.Range(0, count).Select(i => One(i, trace, chance))];
        double[] weights = [.. drawn.Select(_ => chance.Between(0.3, 1) * chance.Between(0.3, 1))];
        var (got, gates) = (new int[count], new Gates(trace.Screens));
        foreach (var slot in trace.Open)
        {
            List<Contract> can = [.. drawn.Where(c => c.RunsIn(slot) && c.Expects(slot) > 0 && gates.Allow(c, slot))];
            if (can.Count == 0) continue;
            var taken = can[chance.Of([.. can.Select(c => weights[c.Number])])];
            gates.Show(taken, slot);
            got[taken.Number] += taken.Brings(slot);
        }
        return [.. drawn.Where(c => got[c.Number] >= 100).Select((c, i) => c with { Number = i, Goal = (int)(got[c.Number] * load) })];
    }

    static Contract One(int number, Trace trace, Chance chance)
    {
        var (from, days) = (trace.Booked, trace.Days - trace.Booked);
        var first = chance.Is(0.5) ? 0 : chance.Below(days / 2);
        var last = chance.Is(0.5) ? days - 1 : Math.Min(days - 1, first + 3 + chance.Below(days - first));
        var sites = chance.Is(0.4) ? trace.Sites : 1 + chance.Below(trace.Sites);
        return new Contract(
            number, [.. Shuffled(SegmentProbabilities.Segments, chance).Take(1 + chance.Below(3, 1.5))],
            Shuffled([.. Enumerable.Range(0, trace.Sites)], chance).Take(sites).ToHashSet(), from + first, from + last,
            chance.Is(0.75) ? Dayparting.AllHours : chance.Is(0.5) ? 0b0000_0000_0000_0011_1000_0000 : 0b0011_1100_0000_0000_0000_0000,
            Math.Round(chance.Between(15, 60)), chance.Is(0.3) ? 1 + chance.Below(3) : null,
            chance.Is(0.5) ? 1 + chance.Below(Categories) : 0, chance.Is(0.1));
    }

    static List<T> Shuffled<T>(IReadOnlyList<T> all, Chance chance) => [.. all.OrderBy(_ => chance.Between(0, 1))];
}
