
namespace FaceAd.Core.Offline;

/// <summary>What a screen has used of a slice.</summary>
/// <param name="Plays">Plays begun.</param>
/// <param name="DueAt">When the next one is due.</param>
public readonly record struct OfflineUse(int Plays, DateTimeOffset DueAt);
