namespace FaceAd.Core.Decisions;

/// <summary>What keeps a campaign from running at a site, in the order in which it is asked.</summary>
public enum Gate
{
    /// <summary>Nothing: it may run.</summary>
    None = 0,

    /// <summary>It is not booked for this site.</summary>
    Site = 1,

    /// <summary>Its first day is in the future.</summary>
    NotStarted = 2,

    /// <summary>Its last day has passed.</summary>
    Ended = 3,

    /// <summary>A campaign priced per thousand has spent its budget.</summary>
    Budget = 4,

    /// <summary>Today lies between two of its flights.</summary>
    BetweenFlights = 5,

    /// <summary>It does not run at this hour, or on this day of the week.</summary>
    Hours = 6,

    /// <summary>
    /// It may run, and does not target the segment in front of the screen. A decision asks this, <see cref="Eligibility"/> never.
    /// </summary>
    Audience = 7,
}
