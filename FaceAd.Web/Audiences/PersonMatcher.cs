using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace FaceAd.Web.Audiences;

/// <summary>Whom a track's views belong to.</summary>
/// <param name="Person">The person.</param>
/// <param name="Score">Deviations above the similarity of strangers; at least <see cref="PersonMatcher.Threshold"/>.</param>
/// <param name="Alone">Whether nobody else reaches the threshold.</param>
readonly record struct PersonMatch(Guid Person, double Score, bool Alone);

/// <summary>
/// Finds the person that a track's views belong to, among the persons of one site and epoch, and keeps each person's views. Pure, exact
/// search. The similarity to a person is the mean, over the track's views, of the cosine with the person's nearest view. It is judged by how
/// many deviations it lies above what strangers of this building reach (<see cref="Strangeness"/>): the mean of the judgement from the
/// newcomer's side and from the person's. The order of views, on either side, does not matter.
/// </summary>
sealed class PersonMatcher
{
    /// <summary>
    /// Deviations that a match needs. Chosen on one half of the identities by <c>./bench cabins</c> and confirmed on the other; it is about
    /// .42 as a cosine among the faces of LFW, and .52 among Asian adults.
    /// </summary>
    public const double Threshold = 4.3;

    /// <summary>Least cosine of a match, however unlike each other the persons of a building are.</summary>
    public const double LeastSimilarity = 0.38;

    /// <summary>Deviations above <see cref="Threshold"/> from which a match is clear enough to learn from.</summary>
    public const double Clearly = 0.5;

    /// <summary>The most views that are kept of a person.</summary>
    public const int MaxViews = 8;

    /// <summary>A view nearer than this to one that is kept says nothing new.</summary>
    public const double Novel = 0.85;

    /// <summary>Views of one person that speak for it when others are compared with it as a stranger.</summary>
    private const int SpokenFor = 2;

    private readonly List<Known> _persons = [];
    private readonly Dictionary<Guid, Known> _byId = [];

    /// <summary>Number of persons.</summary>
    public int Count => _persons.Count;

    /// <summary>The views that are kept of a person; none when it is unknown.</summary>
    /// <param name="person">The person.</param>
    public IReadOnlyList<float[]> ViewsOf(Guid person) => _byId.TryGetValue(person, out var known) ? known.Views : [];

    /// <summary>Adds a person.</summary>
    /// <param name="person">The person, not known yet.</param>
    /// <param name="views">Unit vectors; nothing happens without any.</param>
    public void Add(Guid person, IReadOnlyList<float[]> views)
    {
        if (views.Count == 0) return;
        var fresh = new Known(person, [.. views]);
        foreach (var other in _persons)
        {
            var similarity = Similarity(fresh.Speakers, other);
            fresh.Strangers.Add(similarity);
            other.Strangers.Add(similarity);
        }
        _persons.Add(fresh);
        _byId.Add(person, fresh);
    }

    /// <summary>The person whom the views belong to; null when it is nobody known.</summary>
    /// <param name="views">Unit vectors of one track; at least one.</param>
    public PersonMatch? Find(IReadOnlyList<float[]> views)
    {
        var similarities = new double[_persons.Count];
        var newcomer = new Strangeness();
        for (var i = 0; i < similarities.Length; i++)
        {
            similarities[i] = Similarity(views, _persons[i]);
            newcomer.Add(similarities[i]);
        }
        var (best, score, rivals) = (-1, Threshold, 0);
        for (var i = 0; i < similarities.Length; i++)
        {
            if (similarities[i] < LeastSimilarity) continue;
            var now = (newcomer.Deviations(similarities[i]) + _persons[i].Strangers.Deviations(similarities[i])) / 2;
            if (now >= Threshold) rivals++;
            if (now >= score) (best, score) = (i, now);
        }
        return best < 0 ? null : new PersonMatch(_persons[best].Id, score, rivals == 1);
    }

    /// <summary>
    /// Learns views of a person from a stay of theirs. Only when all views together match this person clearly and nobody else, and of those only views
    /// that match on their own and show something new; the most different ones first, until <see cref="MaxViews"/> are kept. So a doubtful match,
    /// and a view of somebody else, teach nothing.
    /// </summary>
    /// <param name="person">The person.</param>
    /// <param name="views">Unit vectors of one stay.</param>
    /// <returns>Whether the person's views have changed.</returns>
    public bool Learn(Guid person, IReadOnlyList<float[]> views)
    {
        if (!_byId.TryGetValue(person, out var known) || known.Views.Count >= MaxViews || views.Count == 0) return false;
        if (Find(views) is not { Alone: true } match || match.Person != person || match.Score < Threshold + Clearly) return false;
        var candidates = views.Where(view => Nearest(view, known) < Novel && Find([view]) is { } alone && alone.Person == person).ToList();
        var learnt = false;
        while (candidates.Count > 0 && known.Views.Count < MaxViews)
        {
            var view = candidates.MinBy(candidate => Nearest(candidate, known))!;
            if (Nearest(view, known) >= Novel) break;
            known.Views.Add(view);
            candidates.Remove(view);
            learnt = true;
        }
        if (learnt) Compare(known);
        return learnt;
    }

    /// <summary>More views are nearer to strangers, too: the person is compared with everybody anew.</summary>
    private void Compare(Known known)
    {
        known.Strangers = default;
        foreach (var other in _persons)
        {
            if (other != known) known.Strangers.Add(Similarity(other.Speakers, known));
        }
    }

    private static double Similarity(IReadOnlyList<float[]> views, Known person)
    {
        var sum = 0.0;
        foreach (var view in views) sum += Nearest(view, person);
        return sum / views.Count;
    }

    private static double Nearest(float[] view, Known person)
    {
        var nearest = float.NegativeInfinity;
        foreach (var known in CollectionsMarshal.AsSpan(person.Views)) nearest = Math.Max(nearest, TensorPrimitives.Dot<float>(view, known));
        return nearest;
    }

    private sealed class Known(Guid id, List<float[]> views)
    {
        public Guid Id { get; } = id;

        public List<float[]> Views { get; } = views;

        public IReadOnlyList<float[]> Speakers { get; } = [.. views.Take(SpokenFor)];

        // A field: a property would hand out copies.
        public Strangeness Strangers;
    }
}
