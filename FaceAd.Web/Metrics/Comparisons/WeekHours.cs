namespace FaceAd.Web.Metrics.Comparisons;

/// <summary>A campaign's impressions by day of the week and hour, on the clocks of its sites.</summary>
/// <param name="Impressions">By day of the week, 0 for Monday, and hour, 0 to 23.</param>
/// <param name="Covered">From the first hour with an impression to the end of the last.</param>
sealed record WeekHours(IReadOnlyList<IReadOnlyList<long>> Impressions, TimeSpan Covered)
{
    /// <summary>Less says nothing about days of the week.</summary>
    public static readonly TimeSpan Least = TimeSpan.FromDays(1);

    /// <summary>Sums rows of the hourly rollup.</summary>
    /// <param name="rows">Impressions by hour of a day; each hour at most once.</param>
    public static WeekHours Of(IReadOnlyList<(DateOnly Day, int Hour, long Impressions)> rows)
    {
        var week = Enumerable.Range(0, 7).Select(_ => new long[24]).ToArray();
        foreach (var (day, hour, impressions) in rows) week[((int)day.DayOfWeek + 6) % 7][hour] += impressions;
        var hours = rows.Where(r => r.Impressions > 0).Select(r => r.Day.DayNumber * 24L + r.Hour).ToList();
        return new(week, hours.Count == 0 ? TimeSpan.Zero : TimeSpan.FromHours(hours.Max() - hours.Min() + 1));
    }
}
