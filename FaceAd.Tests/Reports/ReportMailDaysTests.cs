using System.Globalization;
using FaceAd.Core;
using FaceAd.Web.Reports.Mailing;

namespace FaceAd.Tests.Reports;

/// <summary>A flight from Wednesday 4 to Sunday 22 November 2026, in Seoul.</summary>
public sealed class ReportMailDaysTests
{
    private static readonly SiteCalendar Calendar = SiteCalendar.Default;
    private static readonly DateOnly First = new(2026, 11, 4), Last = new(2026, 11, 22);

    [Theory]
    [InlineData("2026-11-09", "2026-11-09", "2026-11-04", "2026-11-08")] // the first Monday: the flight's part of the week
    [InlineData("2026-11-16", "2026-11-16", "2026-11-09", "2026-11-15")]
    [InlineData("2026-11-23", "2026-11-23", "2026-11-16", "2026-11-22")]
    [InlineData("2026-11-09", "2026-11-11", "2026-11-04", "2026-11-08")] // the server was away on Monday
    [InlineData("2026-11-09", "2026-11-18", "2026-11-09", "2026-11-15")] // and on the next: one report, the newest
    public void Due_Weekly_IsTheWeekBeforeTheNewestMonday(string look, string now, string from, string to) =>
        Assert.Equal(new DueReport(Day(from), Day(to), false), Due(Mailing(look, weekly: true), now));

    [Theory]
    [InlineData("2026-11-10", "2026-11-10")] // seen to since Monday
    [InlineData("2026-11-02", "2026-11-02")] // not begun
    [InlineData("2026-11-30", "2026-11-30")] // over
    public void Due_WeeklyOnOtherDays_IsNothing(string look, string now) => Assert.Null(Due(Mailing(look, weekly: true), now));

    [Fact]
    public void Due_AtEnd_IsTheWholeFlightOnce()
    {
        var mailing = Mailing("2026-11-22", weekly: false, atEnd: true);
        Assert.Null(Due(mailing, "2026-11-22"));
        Assert.Equal(new DueReport(First, Last, true), Due(mailing, "2026-11-23"));
        mailing.EndedFor = Last;
        Assert.Null(Due(mailing, "2026-11-23"));
        mailing.EndedFor = Last.AddDays(-3); // it was extended since
        Assert.Equal(new DueReport(First, Last, true), Due(mailing, "2026-11-25"));
    }

    [Fact]
    public void Due_WeeklyAndAtEnd_IsOneReportOnTheMondayAfter() =>
        Assert.Equal(new DueReport(First, Last, true), Due(Mailing("2026-11-23", weekly: true, atEnd: true), "2026-11-23"));

    [Theory]
    [InlineData("2026-11-01", true, false, "2026-11-09")]
    [InlineData("2026-11-10", true, false, "2026-11-16")]
    [InlineData("2026-11-17", true, true, "2026-11-23")]
    [InlineData("2026-11-24", true, false, null)]
    [InlineData("2026-11-01", false, true, "2026-11-23")]
    [InlineData("2026-11-26", false, true, "2026-11-26")] // set up after the end
    public void Next_FromAMorning_IsWhenSomethingIsDue(string look, bool weekly, bool atEnd, string? expected) =>
        Assert.Equal(expected is null ? (DateTimeOffset?)null : Morning(expected),
            ReportMailDays.Next(Mailing(look, weekly, atEnd), First, Last, Calendar));

    [Fact]
    public void Next_AnyMorning_IsTheFirstThatIsDue()
    {
        foreach (var (weekly, atEnd) in new[] { (true, false), (false, true), (true, true) })
        {
            for (var look = new DateOnly(2026, 10, 25); look < new DateOnly(2026, 12, 10); look = look.AddDays(1))
            {
                var mailing = Mailing(look.ToString("O", CultureInfo.InvariantCulture), weekly, atEnd);
                var next = ReportMailDays.Next(mailing, First, Last, Calendar);
                DateTimeOffset? found = null;
                for (var day = look; found is null && day < look.AddDays(60); day = day.AddDays(1))
                {
                    mailing.LookAt = Morning(day.ToString("O", CultureInfo.InvariantCulture));
                    if (ReportMailDays.Due(mailing, First, Last, Calendar, mailing.LookAt) is not null) found = mailing.LookAt;
                }
                Assert.Equal(found, next);
            }
        }
    }

    [Fact]
    public void NextMorning_BeforeAndAfterEight_IsTodayAndTomorrow()
    {
        var eight = Morning("2026-11-09");
        Assert.Equal(eight, ReportMailDays.NextMorning(Calendar, eight.AddSeconds(-1)));
        Assert.Equal(eight.AddDays(1), ReportMailDays.NextMorning(Calendar, eight));
    }

    private static DueReport? Due(ReportMailing mailing, string now) =>
        ReportMailDays.Due(mailing, First, Last, Calendar, Morning(now).AddMinutes(5));

    private static ReportMailing Mailing(string look, bool weekly, bool atEnd = false) => new()
    {
        CampaignId = Guid.NewGuid(),
        Weekly = weekly,
        AtEnd = atEnd,
        CreatedBy = "",
        CreatedAt = DateTimeOffset.UnixEpoch,
        LookAt = Morning(look),
    };

    private static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static DateTimeOffset Morning(string day) => Calendar.StartOf(Day(day)).AddHours(8);
}
