using FaceAd.Core.Decisions;
using FaceAd.Core.Decisions.Value;

namespace FaceAd.Core.Offline;

/// <summary>
/// Chooses what a screen plays by itself while the server is away. For riders who are known it chooses as the server would have by the
/// same table: by value, or by cost per impression the first campaign, in the order of that rule, that wants the dominant segment. When
/// nobody can tell who is in view, whose turn it is counts: slices are used up side by side, each at its own pace. Pure.
/// </summary>
public static class OfflineRule
{
    /// <summary>Chooses by value.</summary>
    /// <param name="schedule">The server's last schedule.</param>
    /// <param name="table">Its campaigns.</param>
    /// <param name="screen">What the screen has shown.</param>
    /// <param name="riders">Everybody in view; null when nobody can tell.</param>
    /// <param name="isReady">Whether a creative can be played.</param>
    /// <param name="used">What has been used of a ticket.</param>
    /// <param name="now">The instant.</param>
    /// <returns>A ticket of which one more play may begin now; null for the house loop.</returns>
    public static OfflineTicket? Choose(
        OfflineSchedule schedule, OfflineTable table, ScreenMemory screen, IReadOnlyList<Rider>? riders, Func<Guid, bool> isReady,
        Func<OfflineTicket, OfflineUse> used, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        ArgumentNullException.ThrowIfNull(table);
        List<OfflineTicket> due = [.. Due(schedule.Offers.SelectMany(o => o.Tickets), isReady, used, now)];
        return Turn(table.Choose(riders, screen, due, now), used);
    }

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
        if (riders is null) return Turn(Due(schedule.Offers.SelectMany(o => o.Tickets), isReady, used, now), used);
        var dominant = DominantSegment.Of(riders);
        foreach (var offer in schedule.Offers)
        {
            if (Targeting.Wants(offer.Targets, dominant) && Turn(Due(offer.Tickets, isReady, used, now), used) is { } ticket) return ticket;
        }
        return null;
    }

    /// <summary>What is used of a slice when one more play begins. One that is late by less than the pace delays none after it.</summary>
    /// <param name="use">What has been used of it before.</param>
    /// <param name="slice">The slice.</param>
    /// <param name="now">When the play begins.</param>
    public static OfflineUse With(this OfflineUse use, in OfflineSlice slice, DateTimeOffset now) =>
        new(use.Plays + 1, (now - use.DueAt < slice.Pace ? use.DueAt : now) + slice.Pace);

    private static IEnumerable<OfflineTicket> Due(
        IEnumerable<OfflineTicket> tickets, Func<Guid, bool> isReady, Func<OfflineTicket, OfflineUse> used, DateTimeOffset now) =>
        tickets.Where(ticket => OfflineSlice.In(ticket.DecisionId) is { } slice && now >= slice.From && now < slice.Until
            && used(ticket) is var use && use.Plays < slice.Plays && now >= use.DueAt && isReady(ticket.CreativeId));

    private static OfflineTicket? Turn(IEnumerable<OfflineTicket> due, Func<OfflineTicket, OfflineUse> used)
    {
        (OfflineTicket Ticket, int Used, int Plays)? best = null;
        foreach (var ticket in due)
        {
            var (plays, most) = (used(ticket).Plays, OfflineSlice.In(ticket.DecisionId)!.Value.Plays);
            if (best is not { } other || CreativeTurns.ComesBefore(plays, most, other.Used, other.Plays)) best = (ticket, plays, most);
        }
        return best?.Ticket;
    }
}
