using FaceAd.Core.Decisions;

namespace FaceAd.Web.Delivery.Guarantee;

/// <summary>One hour of a screen in which a campaign was booked there.</summary>
/// <param name="Expected">Presences of its target that such an hour brought before its flight; 1 where nothing is known.</param>
/// <param name="ExpectedOfAll">Presences of anybody that such an hour brought before; 0 where nothing is known.</param>
/// <param name="Came">Presences of its target.</param>
/// <param name="CameOfAll">Presences of anybody.</param>
/// <param name="Late">Share of the hour in which it was not approved yet, 0..1.</param>
/// <param name="Paused">Share of the hour in which it was paused.</param>
/// <param name="Away">Share of the hour in which the screen was not heard.</param>
readonly record struct ScreenTime(
    double Expected, double ExpectedOfAll, double Came, double CameOfAll, double Late, double Paused, double Away);

/// <summary>What causes of a shortfall are made of, all to date.</summary>
sealed record ShortfallFacts
{
    /// <summary>Target impressions that are missing.</summary>
    public required double Missing { get; init; }

    /// <summary>Those that were planned.</summary>
    public required double Planned { get; init; }

    /// <summary>Of the planned ones, those that were planned in the time before the goal was raised to them.</summary>
    public double Raised { get; init; }

    /// <summary>Of the planned ones, those that the forecast at booking did not promise.</summary>
    public double NotForecast { get; init; }

    /// <summary>Whether presences before the flight are known.</summary>
    public required bool KnowsPeople { get; init; }

    /// <summary>Hours of each screen, in order.</summary>
    public required IReadOnlyList<IReadOnlyList<ScreenTime>> Screens { get; init; }

    /// <summary>In a sample of the choices in which it was among the best: what stopped it, by how often.</summary>
    public required IReadOnlyList<(Gate Gate, long Times)> Stops { get; init; }
}
