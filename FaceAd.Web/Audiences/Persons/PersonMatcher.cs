using System.Runtime.CompilerServices;

namespace FaceAd.Web.Audiences.Persons;

/// <summary>The person that a track's views belong to.</summary>
/// <param name="Person">The person.</param>
/// <param name="Score">Deviations above impostor scores; at least <see cref="PersonMatcher.Threshold"/>.</param>
/// <param name="Alone">Whether nobody else reaches the threshold.</param>
readonly record struct PersonMatch(Guid Person, double Score, bool Alone);

/// <summary>
/// Finds the person that a track's views belong to, among the people of one site and epoch, and keeps each person's views. Exact
/// search. The similarity to a person is the mean, over the track's views, of the
/// cosine with the person's nearest view. It is judged by how
/// many deviations it lies above impostor scores of this building (symmetric score
/// normalisation, <see cref="ScoreNormalisation"/>): the mean
/// of the z-score against the newcomer's impostors and that against the person's. The order of
/// views, on either side, does not matter. One pass over <see cref="ViewRows"/>
/// compares all views of a track with everyone. Not thread-safe.
/// </summary>
sealed class PersonMatcher
{
    /// <summary>
    /// Deviations that a match needs. Chosen on one half of the identities by <c>./bench cabins</c> and confirmed on the other; it is about
    /// .42 as a cosine among the faces of LFW, and .52 among Asian adults.
    /// </summary>
    public const double Threshold = 4.3;

    /// <summary>Least cosine of a match, however unlike each other the people of a building are.</summary>
    public const double LeastSimilarity = 0.38;

    /// <summary>Deviations above <see cref="Threshold"/> from which a match is clear enough to learn from.</summary>
    public const double Clearly = 0.5;

    /// <summary>The most views that are kept of a person.</summary>
    public const int MaxViews = 8;

    /// <summary>A view nearer than this to a kept one adds nothing new.</summary>
    public const double Novel = 0.85;

    /// <summary>Views of one person that represent it when it is the impostor in a comparison.</summary>
    private const int SpokenFor = 2;

    private readonly RestoredImpostors _restored;
    private readonly ViewRows _rows = new();
    private readonly List<Known> _persons = [];
    private readonly Dictionary<Guid, int> _byId = [];
    private ScoreNormalisation[] _impostors = [];
    private float[] _views = [];
    private float[] _nearest = [];
    private bool _unsettled;

    /// <summary>Creates an empty matcher.</summary>
    /// <param name="sample">How many others a restored person is compared with, at most.</param>
    public PersonMatcher(int sample = RestoredImpostors.DefaultSample) => _restored = new RestoredImpostors(sample);

    /// <summary>Number of people.</summary>
    public int Count => _persons.Count;

    /// <summary>The views as they lie in memory.</summary>
    public ViewRows Rows => _rows;

    /// <summary>The views that are kept of a person, as copies; none when it is unknown.</summary>
    public IReadOnlyList<float[]> ViewsOf(Guid person) =>
        _byId.TryGetValue(person, out var at) ? [.. RowsOf(at).Select(row => _rows[row].ToArray())] : [];

    /// <summary>Impostor scores of a person; the prior when the person is unknown.</summary>
    public ScoreNormalisation ImpostorsOf(Guid person)
    {
        Settle();
        return _byId.TryGetValue(person, out var at) ? _impostors[at] : default;
    }

    /// <summary>Adds a person, and compares it with everyone.</summary>
    /// <param name="person">The person, not known yet.</param>
    /// <param name="views">Unit vectors, of which the first <see cref="MaxViews"/> are kept; nothing happens without any.</param>
    public void Add(Guid person, IReadOnlyList<float[]> views)
    {
        if (views.Count == 0) return;
        Settle();
        var speakers = Math.Min(views.Count, SpokenFor);
        var nearest = Scan([.. views.Take(speakers)]);
        var own = default(ScoreNormalisation);
        for (var other = 0; other < _persons.Count; other++)
        {
            var similarity = Mean(nearest.Slice(other * speakers, speakers));
            own.Add(similarity);
            _impostors[other].Add(similarity);
        }
        var at = Append(person, views);
        _impostors[at] = own;
    }

    /// <summary>
    /// Restores a known person. Impostor scores of restored people are estimated once, before the next search, from a
    /// sample of them: comparing everyone with everyone would take minutes.
    /// </summary>
    /// <param name="person">The person, not known yet.</param>
    /// <param name="views">As for <see cref="Add"/>.</param>
    public void Restore(Guid person, IReadOnlyList<float[]> views)
    {
        if (views.Count == 0) return;
        Append(person, views);
        _unsettled = true;
    }

    /// <summary>The known person that the views belong to; null when there is none.</summary>
    /// <param name="views">Unit vectors of one track; at least one.</param>
    public PersonMatch? Find(IReadOnlyList<float[]> views)
    {
        Settle();
        return Judge(Scan(views), views.Count, 0, views.Count);
    }

    /// <summary>
    /// Learns views of a person from a presence of theirs. Only when all views together
    /// match this person clearly and nobody else, and of those only views
    /// that match on their own and show something new; the most different ones first,
    /// until <see cref="MaxViews"/> are kept. So a doubtful match,
    /// and a view of someone else, teach nothing.
    /// </summary>
    /// <param name="person">The person.</param>
    /// <param name="views">Unit vectors of one presence.</param>
    /// <returns>Whether the person's views have changed.</returns>
    public bool Learn(Guid person, IReadOnlyList<float[]> views)
    {
        if (!_byId.TryGetValue(person, out var at) || _persons[at].Count >= MaxViews || views.Count == 0) return false;
        Settle();
        var nearest = Scan(views);
        if (Judge(nearest, views.Count, 0, views.Count) is not { Alone: true } match || match.Person != person
            || match.Score < Threshold + Clearly) return false;
        List<(float[] View, float Nearest)> candidates = [];
        for (var v = 0; v < views.Count; v++)
        {
            var own = nearest[at * views.Count + v];
            if (own < Novel && Judge(nearest, views.Count, v, 1) is { } alone && alone.Person == person) candidates.Add((views[v], own));
        }
        var learnt = false;
        while (candidates.Count > 0 && _persons[at].Count < MaxViews)
        {
            var next = candidates.MinBy(c => c.Nearest);
            if (next.Nearest >= Novel) break;
            Keep(at, next.View);
            candidates.Remove(next);
            for (var c = 0; c < candidates.Count; c++)
                candidates[c] =
                    candidates[c] with { Nearest = Math.Max(candidates[c].Nearest, ViewCosine.Of(candidates[c].View, next.View)) };
            learnt = true;
        }
        // More views are nearer to impostors, too.
        if (learnt) CompareAnew(at);
        return learnt;
    }

    /// <summary>Overwrites and drops all views.</summary>
    public void Wipe()
    {
        _rows.Wipe();
        Array.Clear(_views);
        Array.Clear(_nearest);
        _persons.Clear();
        _byId.Clear();
        _impostors = [];
        _unsettled = false;
    }

    /// <summary>
    /// Judges some of the scanned views: <paramref name="take"/> of <paramref name="count"/>, from <paramref name="from"/> on.
    /// </summary>
    private PersonMatch? Judge(ReadOnlySpan<float> nearest, int count, int from, int take)
    {
        var newcomer = default(ScoreNormalisation);
        for (var i = 0; i < _persons.Count; i++) newcomer.Add(Mean(nearest.Slice(i * count + from, take)));
        var (best, score, rivals) = (-1, Threshold, 0);
        for (var i = 0; i < _persons.Count; i++)
        {
            var similarity = Mean(nearest.Slice(i * count + from, take));
            if (similarity < LeastSimilarity) continue;
            var now = (newcomer.Deviations(similarity) + _impostors[i].Deviations(similarity)) / 2;
            if (now >= Threshold) rivals++;
            if (now >= score) (best, score) = (i, now);
        }
        return best < 0 ? null : new PersonMatch(_persons[best].Id, score, rivals == 1);
    }

    /// <summary>The nearest row of each person to each view; valid until the next scan.</summary>
    private Span<float> Scan(IReadOnlyList<float[]> views)
    {
        Array.Resize(ref _views, Math.Max(_views.Length, views.Count * ViewRows.Length));
        for (var v = 0; v < views.Count; v++) views[v].AsSpan().CopyTo(_views.AsSpan(v * ViewRows.Length, ViewRows.Length));
        var needed = _persons.Count * views.Count;
        if (_nearest.Length < needed) _nearest = new float[needed + needed / 4];
        var nearest = _nearest.AsSpan(0, needed);
        _rows.FindNearest(_views.AsSpan(0, views.Count * ViewRows.Length), nearest);
        return nearest;
    }

    private int Append(Guid person, IReadOnlyList<float[]> views)
    {
        var at = _persons.Count;
        _byId.Add(person, at);
        _persons.Add(new Known(person));
        if (_impostors.Length <= at) Array.Resize(ref _impostors, Math.Max(16, at * 2));
        _impostors[at] = default;
        foreach (var view in views.Take(MaxViews)) Keep(at, view);
        return at;
    }

    private void Keep(int at, float[] view)
    {
        var known = _persons[at];
        known.Rows[known.Count++] = _rows.Add(view, at);
        _persons[at] = known;
    }

    private void CompareAnew(int at)
    {
        var own = RowsOf(at);
        var views = new float[own.Length * ViewRows.Length];
        for (var v = 0; v < own.Length; v++) _rows[own[v]].CopyTo(views.AsSpan(v * ViewRows.Length));
        var sums = new double[_persons.Count];
        _rows.ForEach(views, (row, owner, cosines) =>
        {
            if (!Speaks(row, owner)) return;
            var nearest = float.NegativeInfinity;
            foreach (var cosine in cosines) nearest = Math.Max(nearest, cosine);
            sums[owner] += nearest;
        });
        var impostors = default(ScoreNormalisation);
        for (var other = 0; other < sums.Length; other++)
        {
            if (other != at) impostors.Add(sums[other] / Math.Min(_persons[other].Count, SpokenFor));
        }
        _impostors[at] = impostors;
    }

    private void Settle()
    {
        if (!_unsettled) return;
        _unsettled = false;
        _restored.Estimate(_rows, _persons.Count, at => RowsOf(at)[..Math.Min(_persons[at].Count, SpokenFor)], _impostors);
    }

    private bool Speaks(int row, int at)
    {
        var known = _persons[at];
        for (var i = 0; i < Math.Min(known.Count, SpokenFor); i++)
        {
            if (known.Rows[i] == row) return true;
        }
        return false;
    }

    private int[] RowsOf(int at)
    {
        var known = _persons[at];
        return ((ReadOnlySpan<int>)known.Rows)[..known.Count].ToArray();
    }

    private static double Mean(ReadOnlySpan<float> values)
    {
        var sum = 0.0;
        foreach (var value in values) sum += value;
        return sum / values.Length;
    }

    [InlineArray(MaxViews)]
    private struct RowNumbers
    {
        private int _first;
    }

    private struct Known(Guid id)
    {
        public readonly Guid Id = id;
        public RowNumbers Rows;
        public int Count;
    }
}
