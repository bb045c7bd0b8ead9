using System.Numerics.Tensors;
using FaceAd.Bench.Evaluation;
using FaceAd.Web.Audiences.Persons;

namespace FaceAd.Bench.Cabins;

/// <summary>Composes simulated buildings from rides, and runs them.</summary>
sealed class Buildings
{
    readonly List<Ride> _adults;
    readonly IReadOnlyList<Ride> _women;
    readonly IReadOnlyList<Ride> _men;
    readonly IReadOnlyList<Ride> _children;

    /// <summary>Sorts the rides.</summary>
    /// <param name="rides">Rides of identities.</param>
    /// <param name="strangers">Rides of strangers.</param>
    /// <param name="labels">Age and gender of strangers by file; without a label, the pipeline's estimate decides who is a child.</param>
    /// <param name="adultFrom">First age that counts as adult.</param>
    /// <param name="sameFrom">Adult strangers whose cosine is at least this count as one person; above 1: never.</param>
    public Buildings(
        IReadOnlyList<Ride> rides, IReadOnlyList<Ride> strangers, IReadOnlyDictionary<string, LabelledPicture> labels, int adultFrom,
        double sameFrom)
    {
        Identities = [.. rides.GroupBy(r => r.Identity).Select(g => g.ToList())];
        bool IsChild(Ride ride) => labels.TryGetValue(ride.File, out var label) ? label.Age < adultFrom : ride.LooksLikeChild;
        _adults = JoinSame([.. strangers.Where(r => !IsChild(r))], sameFrom);
        Joined = _adults.Count - _adults.DistinctBy(r => r.Identity).Count();
        _children = [.. strangers.Where(IsChild)];
        _women = [.. _adults.Where(r => labels.TryGetValue(r.File, out var label) && !label.Male)];
        _men = [.. _adults.Where(r => labels.TryGetValue(r.File, out var label) && label.Male)];
    }

    /// <summary>The rides of each identity.</summary>
    public IReadOnlyList<IReadOnlyList<Ride>> Identities { get; }

    /// <summary>Pictures of strangers that were merged with an earlier picture as the same person.</summary>
    public int Joined { get; }

    /// <summary>Runs every kind of building that the pictures allow.</summary>
    /// <param name="sizes">Numbers of people.</param>
    /// <param name="simulations">Number of buildings of each kind and size.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <param name="restarts">Server restarts in each building.</param>
    public List<CabinRow> Run(IReadOnlyList<int> sizes, int simulations, int seed, int restarts = 0)
    {
        List<CabinRow> rows = [];
        Kind("identities", Identities.Count, true, (n, random) => Draw(Identities, n, random).SelectMany(i => i));
        Kind("half identities, half strangers (adults)", 2 * Math.Min(Identities.Count, _adults.Count), true,
            (n, random) => [.. Draw(Identities, n - n / 2, random).SelectMany(i => i), .. Draw(_adults, n / 2, random)]);
        Kind("strangers alone (adults, one ride each)", _adults.Count, false, (n, random) => Draw(_adults, n, random));
        Kind("strangers alone, women", _women.Count, false, (n, random) => Draw(_women, n, random));
        Kind("strangers alone, men", _men.Count, false, (n, random) => Draw(_men, n, random));
        Kind("half strangers (adults), half children, as the product does", 2 * Math.Min(_adults.Count, _children.Count), false,
            (n, random) => [.. Draw(_adults, n - n / 2, random), .. Draw(_children, n / 2, random)]);
        Kind("half strangers (adults), half children, if children were merged on the embedding alone",
            2 * Math.Min(_adults.Count, _children.Count), false, (n, random) =>
                [.. Draw(_adults, n - n / 2, random), .. Draw(_children, n / 2, random).Select(CabinSimulation.AsAdult)]);
        Kind("children alone, as the product does", _children.Count, false, (n, random) => Draw(_children, n, random));
        Kind("children alone, if they were merged on the embedding alone", _children.Count, false, (n, random) =>
            Draw(_children, n, random).Select(CabinSimulation.AsAdult));
        return rows;

        // Strangers alone have almost no pairs of one person: errors show in the unique count instead.
        void Kind(string riders, int available, bool pairs, Func<int, Random, IEnumerable<Ride>> draw)
        {
            foreach (var size in sizes.Where(size => size <= available))
                rows.Add(RunOne(riders, size, simulations, seed, restarts, pairs, draw));
        }
    }

    static CabinRow RunOne(
        string riders, int size, int simulations, int seed, int restarts, bool pairs, Func<int, Random, IEnumerable<Ride>> draw)
    {
        var results = new (CabinScores Scores, int Without)[simulations];
        Parallel.For(0, simulations, i =>
        {
            var random = new Random(seed + i);
            results[i].Without = CabinSimulation.Run(draw(size, random), random, restarts, out results[i].Scores);
        });
        Spread Of(Func<CabinScores, double?> figure) => Spread.Of(results.Select(r => figure(r.Scores)));
        return new CabinRow(
            riders, size, Spread.Of(results.Select(r => (double?)(r.Scores.Rides + r.Without))),
            pairs ? Of(s => s.Precision) : default, pairs ? Of(s => s.Recall) : default, pairs ? Of(s => s.F) : default,
            Of(s => s.CountError), Of(s => s.CountError is { } e ? Math.Abs(e) : null),
            Spread.Of(results.Select(r => (double?)r.Without / (r.Scores.Rides + r.Without))));
    }

    /// <summary>
    /// Sets of strangers show some people twice. A picture more similar to an earlier one than two different people ever are gets the
    /// same identity; otherwise the product would be penalised for recognising them.
    /// </summary>
    static List<Ride> JoinSame(IReadOnlyList<Ride> strangers, double sameFrom)
    {
        List<Ride> joined = [];
        List<float[]?> views = [];
        foreach (var ride in strangers)
        {
            var view = ride.Views.Select(v => FaceTemplate.Read(v)).FirstOrDefault();
            var known = view is null ? -1 : views.FindIndex(v => v is not null && TensorPrimitives.Dot<float>(v, view) >= sameFrom);
            joined.Add(known < 0 ? ride : ride with { Identity = joined[known].Identity });
            views.Add(view);
        }
        return joined;
    }

    static IEnumerable<T> Draw<T>(IReadOnlyList<T> from, int count, Random random)
    {
        var items = from.ToArray();
        random.Shuffle(items);
        return items.Take(count);
    }
}
