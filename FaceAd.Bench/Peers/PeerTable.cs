
namespace FaceAd.Bench.Peers;

/// <summary>One task on one set of pictures.</summary>
/// <param name="Task">The task.</param>
/// <param name="Peers">The programs, ours first.</param>
sealed record PeerTable(PeerTask Task, IReadOnlyList<PeerScores> Peers);
