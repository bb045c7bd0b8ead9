using System.Globalization;
using FaceAd.Web.Metrics.Forecasts;

namespace FaceAd.Bench.Forecasts;

/// <summary>A contract that was forecast and that ran.</summary>
/// <param name="Seed">Of its world.</param>
/// <param name="Truth">What came true.</param>
/// <param name="Before">What came true of the same contract a period earlier.</param>
/// <param name="Alone">Impressions that were forecast, were nothing else booked.</param>
/// <param name="Forecast">What was forecast beside everything that was booked.</param>
sealed record ForecastCase(int Seed, Truth Truth, Truth Before, Estimate Alone, Web.Metrics.Forecasts.Forecast Forecast)
{
    /// <summary>Reach by <see cref="Baselines.NegativeBinomial"/>.</summary>
    public required double NegativeBinomial { get; init; }

    /// <summary>Reach by <see cref="Baselines.BetaBinomial"/>.</summary>
    public required double BetaBinomial { get; init; }
}

/// <summary>How good a forecast was, over all contracts.</summary>
/// <param name="Figure">What was forecast.</param>
/// <param name="By">How.</param>
/// <param name="Cases">Contracts that had any of it.</param>
/// <param name="Mape">Mean absolute error, by what came true.</param>
/// <param name="Bias">Mean error, by what came true.</param>
/// <param name="Covered">Share of the 80 % intervals that hold what came true; null without intervals.</param>
/// <param name="Width">Mean width of the intervals, by what came true.</param>
sealed record ForecastScore(string Figure, string By, int Cases, double Mape, double Bias, double? Covered, double? Width)
{
    /// <summary>The head of the table.</summary>
    public static string Heading => $"{"figure",-12} {"by",-24} {"cases",6} {"MAPE",8} {"bias",8} {"80 % holds",11} {"width",8}";

    /// <summary>The scores of all forecasts.</summary>
    /// <param name="cases">The contracts.</param>
    public static IReadOnlyList<ForecastScore> Of(IReadOnlyList<ForecastCase> cases) =>
    [
        Of("impressions", "ours, nothing else booked", [.. cases.Select(c => ((Estimate?)c.Alone, c.Alone.Value, (double)c.Truth.Alone))]),
        Of("impressions", "ours, of what is booked", cases, c => c.Forecast.Impressions, c => c.Truth.Impressions),
        Of("universe", "ours", cases, c => c.Forecast.Reach!.Universe, c => c.Truth.Universe),
        Of("universe", "last period again", cases, c => c.Before.Universe, c => c.Truth.Universe),
        Of("reach", "ours", cases, c => c.Forecast.Reach!.Share, c => c.Truth.Reach),
        Of("reach", "last period again", cases, c => c.Before.Reach, c => c.Truth.Reach),
        Of("reach", "negative binomial", cases, c => c.NegativeBinomial, c => c.Truth.Reach),
        Of("reach", "beta-binomial", cases, c => c.BetaBinomial, c => c.Truth.Reach),
    ];

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Figure,-12} {By,-24} {Cases,6} {Mape,8:P1} {Bias,8:P1} {(Covered is { } c ? c.ToString("P1", CultureInfo.InvariantCulture) : ""),11} {(Width is { } w ? w.ToString("P1", CultureInfo.InvariantCulture) : ""),8}");

    static ForecastScore Of(string figure, string by, IReadOnlyList<ForecastCase> cases, Func<ForecastCase, Estimate> said,
        Func<ForecastCase, double> came) =>
        Of(figure, by, [.. cases.Select(c => ((Estimate?)said(c), said(c).Value, came(c)))]);

    static ForecastScore Of(string figure, string by, IReadOnlyList<ForecastCase> cases, Func<ForecastCase, double> said,
        Func<ForecastCase, double> came) =>
        Of(figure, by, [.. cases.Select(c => ((Estimate?)null, said(c), came(c)))]);

    // Of what came to nothing there is no share.
    static ForecastScore Of(string figure, string by, IReadOnlyList<(Estimate? Said, double Value, double Came)> all)
    {
        var pairs = all.Where(p => p.Came > 0).ToList();
        var with = pairs.Where(p => p.Said is not null).ToList();
        return new ForecastScore(
            figure, by, pairs.Count, pairs.Average(p => Math.Abs(p.Value - p.Came) / p.Came),
            pairs.Average(p => (p.Value - p.Came) / p.Came),
            with.Count == 0 ? null : with.Average(p => p.Came >= p.Said!.Value.Low && p.Came <= p.Said.Value.High ? 1.0 : 0),
            with.Count == 0 ? null : with.Average(p => (p.Said!.Value.High - p.Said.Value.Low) / p.Came));
    }
}
