using System.Collections.Concurrent;

namespace FaceAd.Core.Decisions;

/// <summary>
/// Whose turn it is among a campaign's creatives: each gets plays in proportion to
/// its weight. What was reported as played is the truth; what was
/// decided and not reported yet counts as if it had been played, until it is
/// reported or given up, so that screens that decide in the same second
/// do not all take the same creative. Nothing is random.
/// </summary>
public sealed class CreativeTurns
{
    /// <summary>How long a decided play is waited for. A play that was cut off or lost is given back to its creative then.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<Guid, Turns> _turns = new();

    /// <summary>
    /// The creative with the lowest (2 x plays + 1) / weight, the earlier one on a tie: the
    /// divisor rule of Webster and Sainte-Laguë, whose shares are exact after
    /// every round of as many plays as the weights sum to. Pure.
    /// </summary>
    /// <param name="creatives">Creatives with weights of at least 1; not empty.</param>
    /// <param name="plays">Plays of each so far.</param>
    /// <returns>Its place in the list.</returns>
    public static int Next(IReadOnlyList<SnapshotCreative> creatives, ReadOnlySpan<long> plays)
    {
        var best = 0;
        for (var i = 1; i < creatives.Count; i++)
        {
            if (ComesBefore(plays[i], creatives[i].Weight, plays[best], creatives[best].Weight)) best = i;
        }
        return best;
    }

    /// <summary>Whether the turn of one comes before that of another, by plays so far and weight. On a tie it does not.</summary>
    internal static bool ComesBefore(long plays, int weight, long otherPlays, int otherWeight) =>
        (Int128)((2 * plays) + 1) * otherWeight < (Int128)((2 * otherPlays) + 1) * weight;

    /// <summary>Takes the turn of the next creative of a campaign.</summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="now">The instant of the decision.</param>
    /// <param name="leftOut">Creatives that fail on the screen: another one takes their turn, if there is one.</param>
    public SnapshotCreative Take(SnapshotCampaign campaign, DateTimeOffset now, IReadOnlySet<Guid>? leftOut = null)
    {
        ArgumentNullException.ThrowIfNull(campaign);
        var creatives = campaign.Creatives;
        if (leftOut is not null && creatives.Where(c => !leftOut.Contains(c.Id)).ToArray() is { Length: > 0 } left) creatives = left;
        if (creatives.Count == 1) return creatives[0];
        var turns = _turns.GetOrAdd(campaign.Id, _ => new Turns());
        lock (turns)
        {
            Span<long> plays = creatives.Count <= 32 ? stackalloc long[creatives.Count] : new long[creatives.Count];
            for (var i = 0; i < creatives.Count; i++) plays[i] = creatives[i].Plays + turns.Awaited(creatives[i], now);
            var creative = creatives[Next(creatives, plays)];
            turns.Await(creative, now);
            return creative;
        }
    }

    // Guarded by itself.
    private sealed class Turns
    {
        private readonly Dictionary<Guid, (long Reported, Queue<DateTimeOffset> Awaited)> _creatives = [];

        public int Awaited(SnapshotCreative creative, DateTimeOffset now)
        {
            if (!_creatives.TryGetValue(creative.Id, out var known)) return 0;
            for (var reported = creative.Plays - known.Reported; reported > 0 && known.Awaited.Count > 0; reported--)
                known.Awaited.Dequeue();
            while (known.Awaited.TryPeek(out var oldest) && now - oldest > Patience) known.Awaited.Dequeue();
            _creatives[creative.Id] = (creative.Plays, known.Awaited);
            return known.Awaited.Count;
        }

        public void Await(SnapshotCreative creative, DateTimeOffset now)
        {
            if (!_creatives.TryGetValue(creative.Id, out var known)) _creatives[creative.Id] = known = (creative.Plays, new());
            known.Awaited.Enqueue(now);
        }
    }
}
