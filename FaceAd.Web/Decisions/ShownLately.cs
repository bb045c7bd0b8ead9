using System.Collections.Concurrent;

namespace FaceAd.Web.Decisions;

/// <summary>An ad that was shown to a person.</summary>
/// <param name="Campaign">Its campaign.</param>
/// <param name="Creative">Its creative.</param>
/// <param name="Category">The campaign's competitive category; 0 for none.</param>
/// <param name="EndsAt">When it ends.</param>
readonly record struct ShownAd(Guid Campaign, Guid Creative, int Category, DateTimeOffset EndsAt);

/// <summary>
/// What this node has shown to recognised people in the last hour, of campaigns that ask for it: caps by minute and hour go by it, and it
/// counts before it is reported and stored. Any number of threads.
/// </summary>
sealed class ShownLately
{
    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);
    private readonly ConcurrentDictionary<Guid, List<ShownAd>> _persons = new();

    /// <summary>Takes note of an ad.</summary>
    /// <param name="person">Who sees it.</param>
    /// <param name="ad">The ad.</param>
    /// <param name="now">The instant.</param>
    public void Add(Guid person, ShownAd ad, DateTimeOffset now)
    {
        var ads = _persons.GetOrAdd(person, _ => []);
        lock (ads)
        {
            ads.RemoveAll(a => a.EndsAt < now - Kept);
            ads.Add(ad);
        }
    }

    /// <summary>What a person was shown, in this order.</summary>
    public IReadOnlyList<ShownAd> Of(Guid person)
    {
        if (!_persons.TryGetValue(person, out var ads)) return [];
        lock (ads) return [.. ads];
    }

    /// <summary>Those to whom something was shown.</summary>
    public IReadOnlyCollection<Guid> Persons => [.. _persons.Keys];

    /// <summary>Forgets people.</summary>
    public void Forget(IEnumerable<Guid> persons)
    {
        foreach (var person in persons) _persons.TryRemove(person, out _);
    }

    /// <summary>Forgets what was shown longer ago.</summary>
    public void Forget(DateTimeOffset now)
    {
        foreach (var (person, ads) in _persons)
        {
            lock (ads)
            {
                if (ads.TrueForAll(a => a.EndsAt < now - Kept)) _persons.TryRemove(person, out _);
            }
        }
    }
}
