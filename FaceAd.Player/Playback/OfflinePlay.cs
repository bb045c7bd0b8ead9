using FaceAd.Core.Offline;

namespace FaceAd.Player.Playback;

/// <summary>A play of a campaign that the screen decided by itself.</summary>
/// <param name="PlayId">Its id, which only one play can have.</param>
/// <param name="Ticket">What allows it.</param>
sealed record OfflinePlay(Guid PlayId, OfflineTicket Ticket);
