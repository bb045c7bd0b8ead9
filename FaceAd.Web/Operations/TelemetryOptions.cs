
namespace FaceAd.Web.Operations;

/// <summary>What is told to monitoring systems, under <c>Telemetry</c>: nothing, unless it is configured.</summary>
sealed class TelemetryOptions
{
    /// <summary>
    /// Bearer token of <see cref="Telemetry.MetricsPath"/>; without one there is no such page. An address would not do: what comes through
    /// a proxy or a tunnel on this machine can look like this machine.
    /// </summary>
    public string? MetricsToken { get; init; }

    /// <summary>Share of frames and plays that are traced, 0 to 1.</summary>
    public double TraceRatio { get; init; } = 0.01;
}
