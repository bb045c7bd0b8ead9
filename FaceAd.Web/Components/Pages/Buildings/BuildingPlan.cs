using FaceAd.Web.Metrics.Places;

namespace FaceAd.Web.Components.Pages.Buildings;

/// <summary>A building in the drawing.</summary>
/// <param name="Point">The building.</param>
/// <param name="X">From the left.</param>
/// <param name="Y">From the top.</param>
readonly record struct PlanDot(BuildingPoint Point, double X, double Y);

/// <summary>
/// Places buildings in a drawing, true to scale at their middle latitude (equirectangular projection), which is as good as any within a
/// country. Pure.
/// </summary>
/// <param name="Dots">The buildings.</param>
/// <param name="ScaleKm">Kilometres of the scale bar.</param>
/// <param name="ScaleLength">Its length in the drawing.</param>
sealed record BuildingPlan(IReadOnlyList<PlanDot> Dots, double ScaleKm, double ScaleLength)
{
    /// <summary>Size of the drawing.</summary>
    public const int Width = 900, Height = 320;

    private const int Margin = 56;
    private const double KmOfADegree = 111.195; // of a great circle, at the Earth's mean radius
    private const double LeastKm = 1; // buildings closer than that are not blown up to fill the drawing

    /// <summary>Places them.</summary>
    /// <param name="points">The buildings; at least one.</param>
    public static BuildingPlan Of(IReadOnlyList<BuildingPoint> points)
    {
        var (south, north) = (points.Min(p => p.Latitude), points.Max(p => p.Latitude));
        var (west, east) = (points.Min(p => p.Longitude), points.Max(p => p.Longitude));
        var (middle, centre) = ((south + north) / 2, (west + east) / 2);
        var kmEast = KmOfADegree * Math.Cos(middle * Math.PI / 180);
        var scale = Math.Min(
            (Width - (2 * Margin)) / Math.Max(LeastKm, (east - west) * kmEast),
            (Height - (2 * Margin)) / Math.Max(LeastKm, (north - south) * KmOfADegree));
        var wanted = Width / 5 / scale;
        var power = Math.Pow(10, Math.Floor(Math.Log10(wanted)));
        var bar = wanted >= 5 * power ? 5 * power : wanted >= 2 * power ? 2 * power : power;
        return new BuildingPlan(
            [.. points.Select(p => new PlanDot(
                p, (Width / 2) + ((p.Longitude - centre) * kmEast * scale), (Height / 2) - ((p.Latitude - middle) * KmOfADegree * scale)))],
            bar, bar * scale);
    }
}
