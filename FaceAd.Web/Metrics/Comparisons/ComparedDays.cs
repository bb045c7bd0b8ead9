using FaceAd.Core;
using FaceAd.Web.Campaigns;

namespace FaceAd.Web.Metrics.Comparisons;

/// <summary>What days are compared with.</summary>
public enum ComparedWith
{
    /// <summary>Nothing.</summary>
    Nothing = 0,

    /// <summary>As many days, directly before.</summary>
    DaysBefore = 1,

    /// <summary>The counting period before theirs, from its start and at most as long.</summary>
    PeriodBefore = 2,
}

/// <summary>
/// Which days a campaign's figures are compared with. Both lie in its flight, and each in one counting period, so that people can be
/// compared too. Pure.
/// </summary>
static class ComparedDays
{
    private const int MostDays = 7;

    /// <summary>The days to compare while none are asked for; null when there are none that can be.</summary>
    /// <param name="with">What they are to be compared with.</param>
    /// <param name="campaign">The campaign.</param>
    /// <param name="calendar">Calendar of its first site.</param>
    /// <param name="now">The instant in question.</param>
    public static MetricsDays? Usual(ComparedWith with, Campaign campaign, SiteCalendar calendar, DateTimeOffset now)
    {
        var today = calendar.DayOf(now);
        var flight = new MetricsDays(campaign.StartsOn, campaign.EndsOn < today ? campaign.EndsOn : today);
        if (with == ComparedWith.Nothing || flight.LastDay < flight.FirstDay) return null;
        var period = MetricsWindow.Of(flight, calendar, now);
        return (with == ComparedWith.PeriodBefore ? [new(period.FirstDay, period.LastDay)]
            : Enumerable.Range(1, MostDays).Reverse().Select(days => new MetricsDays(flight.LastDay.AddDays(1 - days), flight.LastDay)))
            .Where(days => Before(with, days, campaign, calendar) is not null).Select(days => (MetricsDays?)days).FirstOrDefault();
    }

    /// <summary>The days that some are compared with; null when there are none that can be.</summary>
    /// <param name="with">What they are compared with.</param>
    /// <param name="days">The days.</param>
    /// <param name="campaign">The campaign.</param>
    /// <param name="calendar">Calendar of its first site.</param>
    public static MetricsWindow? Before(ComparedWith with, MetricsDays days, Campaign campaign, SiteCalendar calendar)
    {
        var epoch = calendar.EpochOf(days.FirstDay);
        if (with == ComparedWith.Nothing || days.FirstDay < campaign.StartsOn || epoch != calendar.EpochOf(days.LastDay)) return null;
        var count = days.LastDay.DayNumber - days.FirstDay.DayNumber + 1;
        if (with == ComparedWith.DaysBefore)
        {
            var (first, last) = (days.FirstDay.AddDays(-count), days.FirstDay.AddDays(-1));
            epoch = calendar.EpochOf(first);
            return first >= campaign.StartsOn && epoch == calendar.EpochOf(last) ? new(first, last, epoch) : null;
        }
        var (begins, ends) = (calendar.FirstDayOf(epoch - 1), calendar.LastDayOf(epoch - 1));
        if (ends < campaign.StartsOn) return null;
        var from = begins > campaign.StartsOn ? begins : campaign.StartsOn;
        var to = from.AddDays(count - 1);
        return new(from, to < ends ? to : ends, epoch - 1);
    }
}
