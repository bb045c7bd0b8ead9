namespace FaceAd.Core.Decisions;

/// <summary>The days of a campaign: one flight, or several with gaps between them. Pure rules.</summary>
/// <param name="StartsOn">First day of the first flight.</param>
/// <param name="EndsOn">Last day of the last flight.</param>
/// <param name="Parts">The flights in order, not touching; null for a single one from the first day to the last.</param>
public readonly record struct FlightPlan(DateOnly StartsOn, DateOnly EndsOn, IReadOnlyList<Flight>? Parts)
{
    /// <summary>The most flights per campaign.</summary>
    public const int MostFlights = 12;

    /// <summary>The flights in order; at least one.</summary>
    public IReadOnlyList<Flight> Flights => Parts ?? [new Flight(StartsOn, EndsOn)];

    /// <summary>Days on air, gaps excluded.</summary>
    public int Days
    {
        get
        {
            if (Parts is null) return new Flight(StartsOn, EndsOn).Days;
            var days = 0;
            foreach (var flight in Parts) days += flight.Days;
            return days;
        }
    }

    /// <summary>Sorts flights and merges those that touch or overlap.</summary>
    /// <param name="flights">At least one; the last day of each is not before its first.</param>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static FlightPlan Of(IEnumerable<Flight> flights)
    {
        List<Flight> parts = [];
        foreach (var flight in flights.OrderBy(f => f.StartsOn).ThenBy(f => f.EndsOn))
        {
            if (parts is [.., var last] && flight.StartsOn.DayNumber <= last.EndsOn.DayNumber + 1)
                parts[^1] = last with { EndsOn = last.EndsOn > flight.EndsOn ? last.EndsOn : flight.EndsOn };
            else parts.Add(flight);
        }
        if (parts.Count == 0) throw new ArgumentException("A campaign needs at least one flight.", nameof(flights));
        return new FlightPlan(parts[0].StartsOn, parts[^1].EndsOn, parts.Count == 1 ? null : parts);
    }

    /// <summary>Whether a day is in one of the flights.</summary>
    /// <param name="day">The site's day.</param>
    public bool Contains(DateOnly day)
    {
        if (day < StartsOn || day > EndsOn) return false;
        if (Parts is null) return true;
        for (var i = 0; i < Parts.Count; i++)
        {
            if (Parts[i].StartsOn <= day && day <= Parts[i].EndsOn) return true;
        }
        return false;
    }

    /// <summary>The first day on air at or after a day; null when there is none left.</summary>
    /// <param name="day">The site's day.</param>
    public DateOnly? Next(DateOnly day)
    {
        foreach (var flight in Flights)
        {
            if (day <= flight.EndsOn) return day > flight.StartsOn ? day : flight.StartsOn;
        }
        return null;
    }

    /// <summary>The day on air on which a share of all days on air has passed.</summary>
    /// <param name="share">0..1; more is the last day.</param>
    public DateOnly DayAt(double share)
    {
        var days = (int)Math.Clamp(Math.Ceiling(share * Days), 1, Days);
        foreach (var flight in Flights)
        {
            if (days <= flight.Days) return flight.StartsOn.AddDays(days - 1);
            days -= flight.Days;
        }
        return EndsOn;
    }

    /// <summary>The plan shifted by a number of days.</summary>
    /// <param name="days">Number of days; negative for earlier.</param>
    public FlightPlan Moved(int days) =>
        new(StartsOn.AddDays(days), EndsOn.AddDays(days),
            Parts?.Select(f => new Flight(f.StartsOn.AddDays(days), f.EndsOn.AddDays(days))).ToList());

    /// <summary>The same flights with another last day, which must not be before the last flight's first.</summary>
    /// <param name="day">The last day.</param>
    public FlightPlan EndingOn(DateOnly day) =>
        new(StartsOn, day, Parts is null ? null : [.. Parts.SkipLast(1), Parts[^1] with { EndsOn = day }]);

    /// <summary>The same days as far as they are not after a day, which must not be before the first one.</summary>
    /// <param name="day">The last possible day.</param>
    public FlightPlan Until(DateOnly day) =>
        Of(Flights.Where(f => f.StartsOn <= day).Select(f => f.EndsOn <= day ? f : f with { EndsOn = day }));

    /// <summary>
    /// Share of the time on air that has passed, 0..1, counted to the instant: a flat price accrues over it, and stops between flights.
    /// Definition: docs/metrics.md, "Cost".
    /// </summary>
    /// <param name="calendar">The site's calendar.</param>
    /// <param name="now">The instant in question.</param>
    public double ElapsedShare(SiteCalendar calendar, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(calendar);
        if (Parts is null) return CampaignCost.ElapsedShare(calendar.StartOf(StartsOn), calendar.StartOf(EndsOn.AddDays(1)), now);
        var (passed, whole) = (TimeSpan.Zero, TimeSpan.Zero);
        foreach (var flight in Parts)
        {
            var (start, end) = (calendar.StartOf(flight.StartsOn), calendar.StartOf(flight.EndsOn.AddDays(1)));
            whole += end - start;
            passed += now <= start ? TimeSpan.Zero : now >= end ? end - start : now - start;
        }
        return passed / whole;
    }
}
