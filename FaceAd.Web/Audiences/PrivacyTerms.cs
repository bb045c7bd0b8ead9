using FaceAd.Core;
using FaceAd.Web.Hosting;

namespace FaceAd.Web.Audiences;

/// <summary>How long what is known of people is kept.</summary>
/// <param name="Grace">From the end of an epoch's last day until its person records are
/// destroyed, so that late reports still find them; 0 to 28 days.</param>
/// <param name="RawDays">Days that exposures, presences, audiences and decisions are
/// kept; at least 36, since play reports may be 35 days late.</param>
sealed record PrivacyTerms(TimeSpan Grace, int RawDays)
{
    /// <summary>The least <see cref="RawDays"/>.</summary>
    public const int LeastRawDays = 36;

    public const int MostGraceDays = 28;

    /// <summary>What holds unless configured otherwise.</summary>
    public static PrivacyTerms Default { get; } = new(TimeSpan.FromDays(2), 90);

    /// <summary>Reads <c>Privacy:Grace</c> and <c>Retention:RawDays</c>.</summary>
    /// <exception cref="StartException">A value is out of range; the message says which and why.</exception>
    public static PrivacyTerms Read(IConfiguration configuration)
    {
        var grace = configuration.GetValue("Privacy:Grace", Default.Grace);
        if (grace < TimeSpan.Zero || grace > TimeSpan.FromDays(MostGraceDays))
            throw new StartException(
                $"Privacy:Grace is {grace}; it must be 0 to {MostGraceDays} days, such as 2.00:00:00 for two.");
        var days = configuration.GetValue("Retention:RawDays", Default.RawDays);
        if (days < LeastRawDays)
            throw new StartException(
                $"Retention:RawDays is {days}; it must be at least {LeastRawDays}: play reports may be 35 days late.");
        return new PrivacyTerms(grace, days);
    }

    /// <summary>The instant at which an epoch's person records are to be destroyed.</summary>
    /// <param name="calendar">Calendar of the site.</param>
    /// <param name="epoch">Number of the epoch.</param>
    public DateTimeOffset EndOf(SiteCalendar calendar, int epoch) => calendar.StartOf(calendar.LastDayOf(epoch).AddDays(1)) + Grace;
}
