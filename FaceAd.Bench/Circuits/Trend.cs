namespace FaceAd.Bench.Circuits;

/// <summary>A least-squares line.</summary>
/// <param name="Slope">Increase of y per unit of x.</param>
/// <param name="Intercept">y at 0.</param>
/// <param name="HalfWidth">Half of the slope's 95 % interval, by Student's t; infinite with fewer than three points.</param>
readonly record struct Trend(double Slope, double Intercept, double HalfWidth)
{
    // 97.5 % points of Student's t for 1, 2, ... degrees of freedom.
    static readonly double[] Student = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];

    /// <summary>Fits a line.</summary>
    /// <param name="points">At least two, with different x.</param>
    public static Trend Of(IReadOnlyCollection<(double X, double Y)> points)
    {
        var (meanX, meanY) = (points.Average(p => p.X), points.Average(p => p.Y));
        var spread = points.Sum(p => (p.X - meanX) * (p.X - meanX));
        var slope = points.Sum(p => (p.X - meanX) * (p.Y - meanY)) / spread;
        var intercept = meanY - (slope * meanX);
        var freedom = points.Count - 2;
        if (freedom < 1) return new Trend(slope, intercept, double.PositiveInfinity);
        var error = points.Sum(p => Math.Pow(p.Y - intercept - (slope * p.X), 2)) / freedom;
        return new Trend(slope, intercept, Student[Math.Min(freedom, Student.Length) - 1] * Math.Sqrt(error / spread));
    }
}
