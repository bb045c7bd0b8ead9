using FaceAd.Core;
using FaceAd.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Screens;

public sealed class SiteCalendarTests
{
    [Fact]
    public void DayOf_JustBeforeAndAtSeoulMidnight_IsTheDayBeforeAndTheDay()
    {
        var midnight = new DateTimeOffset(2026, 3, 9, 15, 0, 0, TimeSpan.Zero);
        Assert.Equal(new DateOnly(2026, 3, 9), Sample.Calendar.DayOf(midnight.AddTicks(-1)));
        Assert.Equal(new DateOnly(2026, 3, 10), Sample.Calendar.DayOf(midnight));
        Assert.Equal(midnight, Sample.Calendar.StartOf(new DateOnly(2026, 3, 10)));
    }

    [Fact]
    public void StartOf_EveryDayInAZoneWithSummerTime_IsTheFirstInstantOfThatDay()
    {
        var calendar = new SiteCalendar("Africa/Cairo", new DateOnly(2024, 1, 1)); // skips midnight in spring
        for (var day = new DateOnly(2026, 1, 1); day < new DateOnly(2027, 1, 1); day = day.AddDays(1))
        {
            var start = calendar.StartOf(day);
            Assert.Equal(day, calendar.DayOf(start));
            Assert.Equal(day.AddDays(-1), calendar.DayOf(start.AddTicks(-1)));
        }
    }

    [Fact]
    public void EpochOf_AnyDay_LiesInTheEpochThatSaysSo() => Prop.ForAll<int>(number =>
    {
        var day = new DateOnly(2024, 1, 1).AddDays(number % 20_000);
        var epoch = Sample.Calendar.EpochOf(day);
        return Sample.Calendar.FirstDayOf(epoch) <= day && day <= Sample.Calendar.LastDayOf(epoch)
            && Sample.Calendar.FirstDayOf(epoch + 1) == Sample.Calendar.LastDayOf(epoch).AddDays(1);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Constructor_UnknownZone_Throws() =>
        Assert.Throws<TimeZoneNotFoundException>(() => new SiteCalendar("Asia/Atlantis", new DateOnly(2024, 1, 1)));
}
