using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Metrics;
using FaceAd.Web.Metrics.Comparisons;

namespace FaceAd.Tests.Metrics;

/// <summary>A campaign from ten days before a counting period to its 21st day.</summary>
public sealed class ComparedDaysTests
{
    private static readonly DateOnly First = Sample.Calendar.FirstDayOf(20);

    private static readonly Campaign Campaign = new()
    {
        OrganisationId = Guid.NewGuid(),
        Name = "C",
        StartsOn = First.AddDays(-10),
        EndsOn = First.AddDays(20),
        Targets = [Segment.Silver],
        BudgetKrw = 1,
        CreatedAt = DateTimeOffset.UnixEpoch,
    };

    [Theory]
    [InlineData(7, 13, 0, 6)]
    [InlineData(0, 4, -5, -1)]
    [InlineData(3, 9, null, null)] // would begin in the counting period before
    [InlineData(-9, -5, null, null)] // would begin before the flight
    [InlineData(-2, 1, null, null)] // in two counting periods themselves
    public void Before_AsManyDays_LieInTheFlightAndOneCountingPeriod(int from, int to, int? first, int? last) =>
        AssertDays(first, last, Before(ComparedWith.DaysBefore, from, to));

    [Theory]
    [InlineData(0, 6, -10, -4)]
    [InlineData(0, 20, -10, -1)] // all that there is of it
    [InlineData(5, 5, -10, -10)]
    [InlineData(-10, -1, null, null)] // there was none before
    public void Before_CountingPeriod_IsTheOneBeforeAndAtMostAsLong(int from, int to, int? first, int? last) =>
        AssertDays(first, last, Before(ComparedWith.PeriodBefore, from, to));

    [Fact]
    public void Before_Nothing_IsNone() => Assert.Null(Before(ComparedWith.Nothing, 7, 13));

    [Theory]
    [InlineData(ComparedWith.DaysBefore, 15, 9, 15)] // seven days
    [InlineData(ComparedWith.DaysBefore, 2, 0, 2)] // no more than lie in one counting period
    [InlineData(ComparedWith.DaysBefore, -10, null, null)] // the first day has nothing before it
    [InlineData(ComparedWith.DaysBefore, 40, 14, 20)] // after the flight: its last
    [InlineData(ComparedWith.PeriodBefore, 15, 0, 15)]
    [InlineData(ComparedWith.PeriodBefore, -3, null, null)]
    [InlineData(ComparedWith.DaysBefore, -20, null, null)] // not begun
    [InlineData(ComparedWith.Nothing, 15, null, null)]
    public void Usual_OfAMoment_AreTheLatestThatCanBeCompared(ComparedWith with, int today, int? first, int? last)
    {
        var days = ComparedDays.Usual(with, Campaign, Sample.Calendar, Sample.Calendar.StartOf(First.AddDays(today)).AddHours(12));
        Assert.Equal((first, last), Counted(days?.FirstDay, days?.LastDay));
    }

    private static MetricsWindow? Before(ComparedWith with, int from, int to) =>
        ComparedDays.Before(with, new MetricsDays(First.AddDays(from), First.AddDays(to)), Campaign, Sample.Calendar);

    private static void AssertDays(int? first, int? last, MetricsWindow? window)
    {
        Assert.Equal((first, last), Counted(window?.FirstDay, window?.LastDay));
        if (window is { } of) Assert.Equal(Sample.Calendar.EpochOf(of.FirstDay), of.Epoch);
    }

    private static (int? First, int? Last) Counted(DateOnly? first, DateOnly? last) =>
        (first?.DayNumber - First.DayNumber, last?.DayNumber - First.DayNumber);
}
