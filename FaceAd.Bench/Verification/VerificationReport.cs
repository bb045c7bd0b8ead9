namespace FaceAd.Bench.Verification;

/// <summary>Report of <c>./bench verify</c>. As JSON, property names are part of the interface.</summary>
/// <param name="Models">Models that embedded.</param>
/// <param name="Pictures">Number of different pictures.</param>
/// <param name="PicturesNotFound">Number of those without a face.</param>
/// <param name="Scores">The scores.</param>
sealed record VerificationReport(string Models, int Pictures, int PicturesNotFound, VerificationScores Scores);
