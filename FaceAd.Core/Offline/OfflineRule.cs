using FaceAd.Core.Decisions;

namespace FaceAd.Core.Offline;

/// <summary>
/// Chooses what a screen plays by itself while the server is away. For riders who are known it chooses as the server would have by the
/// same table: by value (<see cref="OfflineTable"/>), or by cost per impression the first campaign, in the order of that rule, that wants
/// the dominant segment. When nobody can tell who is in view, whose turn it is counts: slices are used up side by side, each at its own
/// pace. Pure.
/// </summary>
public static class OfflineRule
{
    /// <summary>Chooses by cost per impression.</summary>
    /// <param name="schedule">The server's last schedule.</param>
    /// <param name="riders">Everybody in view; null when nobody can tell.</param>
    /// <param name="isReady">Whether a creative can be played.</param>
    /// <param name="used">What has been used of a ticket.</param>
    /// <param name="now">The instant.</param>
    /// <returns>A ticket of which one more play may begin now; null for the house loop.</returns>
    public static OfflineTicket? Choose(
        OfflineSchedule schedule, IReadOnlyList<Rider>? riders, Func<Guid, bool> isReady, Func<OfflineTicket, OfflineUse> used,
        DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        ArgumentNullException.ThrowIfNull(isReady);
        ArgumentNullException.ThrowIfNull(used);
        if (riders is null) return Turn(schedule.Offers.SelectMany(o => o.Tickets), isReady, used, now);
        var dominant = DominantSegment.Of(riders);
        foreach (var offer in schedule.Offers)
        {
            if (Targeting.Wants(offer.Targets, dominant) && Turn(offer.Tickets, isReady, used, now) is { } ticket) return ticket;
        }
        return null;
    }

    /// <summary>What is used of a slice when one more play begins. One that is late by less than the pace delays none after it.</summary>
    /// <param name="use">What has been used of it before.</param>
    /// <param name="slice">The slice.</param>
    /// <param name="now">When the play begins.</param>
    public static OfflineUse With(this OfflineUse use, in OfflineSlice slice, DateTimeOffset now) =>
        new(use.Plays + 1, (now - use.DueAt < slice.Pace ? use.DueAt : now) + slice.Pace);

    /// <summary>Whether one more play of a slice may begin now, if its creative can be played.</summary>
    /// <param name="slice">The slice.</param>
    /// <param name="use">What has been used of it.</param>
    /// <param name="now">The instant.</param>
    internal static bool IsDue(in OfflineSlice slice, OfflineUse use, DateTimeOffset now) =>
        now >= slice.From && now < slice.Until && use.Plays < slice.Plays && now >= use.DueAt;

    private static OfflineTicket? Turn(
        IEnumerable<OfflineTicket> tickets, Func<Guid, bool> isReady, Func<OfflineTicket, OfflineUse> used, DateTimeOffset now)
    {
        var turn = new OfflineTurn();
        foreach (var ticket in tickets)
        {
            if (OfflineSlice.In(ticket.DecisionId) is { } slice && used(ticket) is var use && IsDue(slice, use, now)
                && isReady(ticket.CreativeId)) turn.Offer(ticket, slice, use);
        }
        return turn.Ticket;
    }
}
