using System.Globalization;
using FaceAd.Core.Decisions.Experiments;

namespace FaceAd.Bench.Experiments;

/// <summary>What many experiments of a kind came to, as shares of them.</summary>
/// <param name="Case">The kind.</param>
/// <param name="Runs">Number of experiments.</param>
/// <param name="Winner">Those that named a winner.</param>
/// <param name="Right">Those that named the best creative; null where none is.</param>
/// <param name="Same">Those that found no difference worth knowing.</param>
/// <param name="Days">Days until half of them had stopped.</param>
/// <param name="Unstopped">Those that would have named a winner if they did not stop for want of a difference.</param>
/// <param name="Peeked">The same by the usual test, looked at every day.</param>
/// <param name="Once">The same by the usual test, looked at once.</param>
/// <param name="OwnArm">Share of the exposures that were of the viewers' own arm.</param>
sealed record ExperimentRow(
    string Case, int Runs, double Winner, double? Right, double Same, double Days, double Unstopped, double Peeked, double Once,
    double OwnArm)
{
    /// <summary>The head of the table.</summary>
    public static string Heading =>
        $"{"",-34} {"runs",5} {"winner",8} {"right",8} {"same",8} {"days",5} {"no stop",8} {"peeking",8} {"once",8} {"own arm",8}";

    /// <summary>Sums up.</summary>
    /// <param name="name">The kind of experiments.</param>
    /// <param name="best">Number of the best arm; null for none.</param>
    /// <param name="outcomes">How they ended.</param>
    public static ExperimentRow Of(string name, int? best, IReadOnlyList<ExperimentOutcome> outcomes)
    {
        double Share(Func<ExperimentOutcome, bool> holds) => (double)outcomes.Count(holds) / outcomes.Count;
        return new(
            name, outcomes.Count, Share(o => o.Verdict.Winner is not null), best is null ? null : Share(o => o.Verdict.Winner == best),
            Share(o => o.Verdict.End == ExperimentEnd.NoDifference), outcomes.Select(o => o.Days).Order().ElementAt(outcomes.Count / 2),
            Share(o => o.Winner is not null), Share(o => o.Peeked is not null), Share(o => o.Once is not null),
            outcomes.Average(o => o.OwnArm));
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Case,-34} {Runs,5} {Winner,8:P1} {(Right is { } r ? r.ToString("P1", CultureInfo.InvariantCulture) : ""),8} {Same,8:P1} {Days,5:N0} {Unstopped,8:P1} {Peeked,8:P1} {Once,8:P1} {OwnArm,8:P1}");
}
