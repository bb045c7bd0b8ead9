using System.Collections.Concurrent;

namespace FaceAd.Core.Decisions;

/// <summary>
/// Whose turn it is among a campaign's films: each gets plays in proportion to its weight. What was reported as played is the truth; what was
/// decided and not reported yet counts as if it had been played, until it is reported or given up, so that screens that decide in the same second
/// do not all take the same film. Nothing is random.
/// </summary>
public sealed class CreativeTurns
{
    /// <summary>How long a decided play is waited for. A play that was cut off or lost is given back to its film then.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<Guid, Turns> _turns = new();

    /// <summary>
    /// The film with the lowest (2 x plays + 1) / weight, the earlier one on a tie: the divisor rule of Webster and Sainte-Laguë, whose shares are exact after
    /// every round of as many plays as the weights sum to. Pure.
    /// </summary>
    /// <param name="films">Films with weights of at least 1; not empty.</param>
    /// <param name="plays">Plays of each so far.</param>
    /// <returns>Its place in the list.</returns>
    public static int Next(IReadOnlyList<SnapshotCreative> films, ReadOnlySpan<long> plays)
    {
        var best = 0;
        for (var i = 1; i < films.Count; i++)
        {
            if ((Int128)((2 * plays[i]) + 1) * films[best].Weight < (Int128)((2 * plays[best]) + 1) * films[i].Weight) best = i;
        }
        return best;
    }

    /// <summary>Takes the turn of the next film of a campaign.</summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="now">The instant of the decision.</param>
    public SnapshotCreative Take(SnapshotCampaign campaign, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(campaign);
        var films = campaign.Creatives;
        if (films.Count == 1) return films[0];
        var turns = _turns.GetOrAdd(campaign.Id, _ => new Turns());
        lock (turns)
        {
            Span<long> plays = films.Count <= 32 ? stackalloc long[films.Count] : new long[films.Count];
            for (var i = 0; i < films.Count; i++) plays[i] = films[i].Plays + turns.Awaited(films[i], now);
            var film = films[Next(films, plays)];
            turns.Await(film, now);
            return film;
        }
    }

    // Guarded by itself.
    private sealed class Turns
    {
        private readonly Dictionary<Guid, (long Reported, Queue<DateTimeOffset> Awaited)> _films = [];

        public int Awaited(SnapshotCreative film, DateTimeOffset now)
        {
            if (!_films.TryGetValue(film.Id, out var known)) return 0;
            for (var reported = film.Plays - known.Reported; reported > 0 && known.Awaited.Count > 0; reported--) known.Awaited.Dequeue();
            while (known.Awaited.TryPeek(out var oldest) && now - oldest > Patience) known.Awaited.Dequeue();
            _films[film.Id] = (film.Plays, known.Awaited);
            return known.Awaited.Count;
        }

        public void Await(SnapshotCreative film, DateTimeOffset now)
        {
            if (!_films.TryGetValue(film.Id, out var known)) _films[film.Id] = known = (film.Plays, new());
            known.Awaited.Enqueue(now);
        }
    }
}
