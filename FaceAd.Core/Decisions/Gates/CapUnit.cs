namespace FaceAd.Core.Decisions.Gates;

/// <summary>The time in which a frequency cap counts. Persons are known for an epoch, so that no cap reaches further.</summary>
public enum CapUnit
{
    /// <summary>The last 60 seconds.</summary>
    Minute = 0,

    /// <summary>The last 60 minutes.</summary>
    Hour = 1,

    /// <summary>The site's day.</summary>
    Day = 2,

    /// <summary>The site's week, from Monday, as far as it lies in the epoch.</summary>
    Week = 3,

    /// <summary>The site's epoch, see <see cref="SiteCalendar"/>.</summary>
    Epoch = 4,
}
