namespace FaceAd.Web.Data;

/// <summary>The first and the last day that an address asks for, of pages and API alike. A day that is absent is no limit.</summary>
/// <param name="From">First day; null when it is absent or none.</param>
/// <param name="To">Last day; null when it is absent or none.</param>
/// <param name="Unreadable">The word of the address whose value is no day; null when there is none.</param>
readonly record struct DayRange(DateOnly? From, DateOnly? To, string? Unreadable = null)
{
    private static readonly DateOnly Earliest = new(2001, 1, 1), Latest = new(2199, 12, 31);

    /// <summary>Whether the first day is after the last, so that there is no such day.</summary>
    public bool IsReversed => From > To;

    /// <summary>Whether there are such days.</summary>
    public bool IsGood => Unreadable is null && !IsReversed;

    /// <summary>The same days for calendars: nothing here is of a time before 2001 or after 2199, which few of them can tell.</summary>
    public DayRange Bounded => this with { From = Bound(From), To = Bound(To) };

    /// <summary>Reads the values of <c>from</c> and <c>to</c>.</summary>
    public static DayRange Read(string? from, string? to)
    {
        var (first, last) = (IsoDay.Read(from), IsoDay.Read(to));
        return new(first, last, from is not null && first is null ? "from" : to is not null && last is null ? "to" : null);
    }

    private static DateOnly? Bound(DateOnly? day) => day < Earliest ? Earliest : day > Latest ? Latest : day;
}
