using FaceAd.Bench.Evaluation;

namespace FaceAd.Bench.Verification;

/// <summary>One pair of pictures.</summary>
/// <param name="Similarity">Cosine of their embeddings, -1..1; null when no face was found in one of them.</param>
/// <param name="Same">Whether they show the same person.</param>
/// <param name="Matches">Whether the product would match them, in a building with the people in the pictures.</param>
readonly record struct ScoredPair(double? Similarity, bool Same, bool Matches);

/// <summary>Match rates at a threshold.</summary>
/// <param name="Threshold">Minimum cosine of a match; for the product, minimum deviations above strangers.</param>
/// <param name="TrueMatch">Of the pairs of one person, the share that matches. Wilson.</param>
/// <param name="FalseMatch">Of the pairs of two people, the share that matches. Wilson.</param>
/// <param name="Accuracy">Share of pairs classified correctly. Wilson.</param>
sealed record ThresholdScore(double Threshold, Figure TrueMatch, Figure FalseMatch, Figure Accuracy);

/// <summary>True match rate at a given false match rate.</summary>
/// <param name="FalseMatchRate">Maximum false match rate. With n pairs of two people, a rate below 1/n allows none.</param>
/// <param name="Threshold">The lowest threshold within that rate, found on the same pairs.</param>
/// <param name="TrueMatch">Of the pairs of one person, the share that matches there. Wilson.</param>
sealed record RateScore(double FalseMatchRate, double Threshold, Figure TrueMatch);
