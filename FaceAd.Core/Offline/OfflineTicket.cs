namespace FaceAd.Core.Offline;

/// <summary>Some plays of one creative.</summary>
/// <param name="DecisionId">Holds their <see cref="OfflineSlice"/> under the server's seal; the plays name it as their decision.</param>
/// <param name="CreativeId">The creative.</param>
public sealed record OfflineTicket(Guid DecisionId, Guid CreativeId);
