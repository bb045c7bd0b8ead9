using FaceAd.Web.Metrics.Places;

namespace FaceAd.Web.Components.Pages.Buildings;

/// <summary>A building in the drawing.</summary>
/// <param name="Point">The building.</param>
/// <param name="X">From the left.</param>
/// <param name="Y">From the top.</param>
/// <param name="IsNamedAbove">Whether its name stands above it: below is the edge, or another one.</param>
/// <param name="IsCrowded">Whether its name would stand on another's where the drawing is small and its letters large.</param>
readonly record struct PlanDot(BuildingPoint Point, double X, double Y, bool IsNamedAbove, bool IsCrowded);

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

    private const int Margin = 56, MarginAbove = 80; // room for a name above the highest
    private const double KmOfADegree = 111.195; // of a great circle, at the Earth's mean radius
    private const double LetterHeight = 36, LetterWidth = 17, HangulWidth = 30; // on a telephone
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
            (Height - (2 * MarginAbove)) / Math.Max(LeastKm, (north - south) * KmOfADegree));
        var wanted = Width / 5 / scale;
        var power = Math.Pow(10, Math.Floor(Math.Log10(wanted)));
        var bar = wanted >= 5 * power ? 5 * power : wanted >= 2 * power ? 2 * power : power;
        var places = points.Select(point => (Point: point, X: (Width / 2) + ((point.Longitude - centre) * kmEast * scale),
            Y: (Height / 2) - ((point.Latitude - middle) * KmOfADegree * scale))).ToList();
        List<PlanDot> dots = [];
        foreach (var (point, x, y) in places)
        {
            var isAbove = y > Height - 40 || (y > 2 * LetterHeight && places.Exists(o => o.Y - y is > 0 and < 2 * LetterHeight
                && Math.Abs(o.X - x) < (LengthOf(point.Name) / 2) + LetterWidth));
            dots.Add(new PlanDot(point, x, y, isAbove, dots.Exists(d => !d.IsCrowded
                && Math.Abs(NameOf(d.Y, d.IsNamedAbove) - NameOf(y, isAbove)) < LetterHeight
                && Math.Abs(d.X - x) < (LengthOf(d.Point.Name) + LengthOf(point.Name)) / 2)));
        }
        return new BuildingPlan(dots, bar, bar * scale);
    }

    private static double NameOf(double y, bool isAbove) => y + (isAbove ? -LetterHeight : LetterHeight);

    private static double LengthOf(string name) => name.Sum(letter => letter >= 0x1100 ? HangulWidth : LetterWidth);
}
