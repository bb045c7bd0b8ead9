using FaceAd.Core.Decisions;

namespace FaceAd.Core.Offline;

/// <summary>Finds whose turn it is among tickets: slices are used up side by side.</summary>
internal struct OfflineTurn
{
    private int _used;
    private int _plays;

    /// <summary>The ticket whose turn it is; null without any.</summary>
    public OfflineTicket? Ticket { get; private set; }

    /// <summary>Takes a ticket into account.</summary>
    /// <param name="ticket">The ticket.</param>
    /// <param name="slice">Its slice.</param>
    /// <param name="use">What has been used of it.</param>
    public void Offer(OfflineTicket ticket, in OfflineSlice slice, OfflineUse use)
    {
        if (Ticket is null || CreativeTurns.ComesBefore(use.Plays, slice.Plays, _used, _plays))
            (Ticket, _used, _plays) = (ticket, use.Plays, slice.Plays);
    }
}
