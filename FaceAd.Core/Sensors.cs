namespace FaceAd.Core;

/// <summary>What a sensor in the cabin measures.</summary>
public enum SensorKind
{
    /// <summary>Motion.</summary>
    Motion = 0,

    /// <summary>Distance to the nearest object.</summary>
    Distance = 1,
}

/// <summary>State reported by a sensor in the cabin.</summary>
public enum SensorState
{
    /// <summary>The sensor does not answer, or its readings are implausible: the player works without it.</summary>
    Unknown = 0,

    /// <summary>Someone is there.</summary>
    Present = 1,

    /// <summary>Nobody is there.</summary>
    Empty = 2,
}

/// <summary>A sensor of a screen.</summary>
/// <param name="Kind">What it measures.</param>
/// <param name="State">What it reports.</param>
/// <param name="Metres">Measured distance, 0 to <see cref="MostMetres"/>; null when it measures none, or nothing is in range.</param>
public sealed record SensorReport(SensorKind Kind, SensorState State, double? Metres)
{
    /// <summary>Largest value of <see cref="Metres"/>.</summary>
    public const double MostMetres = 10;
}
