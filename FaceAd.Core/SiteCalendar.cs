namespace FaceAd.Core;

/// <summary>
/// Days and epochs of a site. A day is a calendar day in the site's time zone; an epoch is <see cref="EpochDays"/> such days.
/// </summary>
public sealed class SiteCalendar : IEquatable<SiteCalendar>
{
    /// <summary>Length of a de-duplication window, in days.</summary>
    public const int EpochDays = 28;

    /// <summary>First day of epoch 0 unless a site says otherwise.</summary>
    public static readonly DateOnly DefaultAnchor = new(2024, 1, 1);

    private readonly TimeZoneInfo _zone;
    private readonly DateOnly _anchor;

    /// <summary>Creates a calendar.</summary>
    /// <param name="timeZone">IANA time zone. An unknown one throws <see cref="TimeZoneNotFoundException"/>.</param>
    /// <param name="epochAnchor">First day of epoch 0.</param>
    public SiteCalendar(string timeZone, DateOnly epochAnchor)
    {
        _zone = TimeZoneInfo.FindSystemTimeZoneById(timeZone);
        _anchor = epochAnchor;
    }

    /// <summary>Calendar used while an installation has no site: days in Seoul.</summary>
    public static SiteCalendar Default { get; } = new("Asia/Seoul", DefaultAnchor);

    /// <summary>The site's day at an instant.</summary>
    /// <param name="instant">Any instant.</param>
    public DateOnly DayOf(DateTimeOffset instant) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, _zone).DateTime);

    /// <summary>An instant on the site's clock.</summary>
    /// <param name="instant">Any instant.</param>
    public DateTime ClockAt(DateTimeOffset instant) => TimeZoneInfo.ConvertTime(instant, _zone).DateTime;

    /// <summary>The site's hour of the day at an instant, 0..23.</summary>
    /// <param name="instant">Any instant.</param>
    public int HourOf(DateTimeOffset instant) => TimeZoneInfo.ConvertTime(instant, _zone).Hour;

    /// <summary>The first instant of a day, in UTC. Where midnight is skipped, the first instant that exists.</summary>
    /// <param name="day">A site day.</param>
    public DateTimeOffset StartOf(DateOnly day)
    {
        var local = day.ToDateTime(TimeOnly.MinValue);
        while (_zone.IsInvalidTime(local)) local = local.AddMinutes(15);
        var offset = _zone.IsAmbiguousTime(local) ? _zone.GetAmbiguousTimeOffsets(local).Max() : _zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }

    /// <summary>Number of the epoch a day belongs to; negative before the anchor.</summary>
    /// <param name="day">A site day.</param>
    public int EpochOf(DateOnly day) => (int)Math.Floor((day.DayNumber - _anchor.DayNumber) / (double)EpochDays);

    /// <summary>First day of an epoch.</summary>
    /// <param name="epoch">Number of the epoch.</param>
    public DateOnly FirstDayOf(int epoch) => _anchor.AddDays(epoch * EpochDays);

    /// <summary>Last day of an epoch.</summary>
    /// <param name="epoch">Number of the epoch.</param>
    public DateOnly LastDayOf(int epoch) => FirstDayOf(epoch).AddDays(EpochDays - 1);

    /// <inheritdoc/>
    public bool Equals(SiteCalendar? other) => other is not null && _zone.Id == other._zone.Id && _anchor == other._anchor;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SiteCalendar);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_zone.Id, _anchor);
}
