namespace FaceAd.Core.Offline;

/// <summary>
/// The campaigns' plays that a screen may make by itself while the server is away. Complete; replaces the previous one. A play that the
/// player has made of an earlier schedule stays made.
/// </summary>
/// <param name="PlayKey">Makes the ids of these plays, see <see cref="OfflineSlice.PlayId"/>; this screen's own.</param>
/// <param name="Offers">
/// Campaigns in the order of the server's selection rule (by value: by what they bid), at most <see cref="MostOffers"/>, with at most
/// <see cref="MostTickets"/> tickets together: a message has at most some 50 KB.
/// </param>
public sealed record OfflineSchedule(Guid PlayKey, IReadOnlyList<OfflineOffer> Offers)
{
    /// <summary>How far ahead a schedule reaches at most.</summary>
    public static readonly TimeSpan Reach = TimeSpan.FromHours(24);

    /// <summary>How long the server must have been silent before a screen plays by its schedule.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);

    /// <summary>The most campaigns of a schedule.</summary>
    public const int MostOffers = 50;

    /// <summary>The most tickets of a schedule.</summary>
    public const int MostTickets = 300;
}
