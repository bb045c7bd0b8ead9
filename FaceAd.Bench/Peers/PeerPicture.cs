using FaceAd.Inference.Imaging;

namespace FaceAd.Bench.Peers;

/// <summary>A face found by a peer.</summary>
/// <param name="Box">Box in pixels of the picture.</param>
/// <param name="Score">The detector's score, on its own scale.</param>
/// <param name="Age">Estimated age in years; null when it was not estimated.</param>
/// <param name="Male">1: a man, 0: a woman, or a probability in between; null when it was not estimated.</param>
/// <param name="Band">Index of the estimated age band; null when the peer has no bands, so the age decides.</param>
readonly record struct PeerFace(FaceBox Box, float Score, double? Age, double? Male, int? Band = null);

/// <summary>A peer's result for one picture, and its cost.</summary>
/// <param name="File">The picture.</param>
/// <param name="Cpu">CPU seconds (user and system, of the whole process) for analysis, without decoding.</param>
/// <param name="DecodeCpu">CPU seconds for decoding.</param>
/// <param name="Faces">The faces.</param>
sealed record PeerPicture(string File, double Cpu, double DecodeCpu, IReadOnlyList<PeerFace> Faces);
