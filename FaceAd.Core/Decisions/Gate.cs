namespace FaceAd.Core.Decisions;

/// <summary>
/// What keeps a campaign from running at a site. <see cref="Eligibility"/> asks those up to <see cref="Hours"/> in this order; the rest
/// depend on who is in view and what ran before, and are asked by decisions only.
/// </summary>
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

    /// <summary>It has spent its budget, or would with this audience by more than one exposure.</summary>
    Budget = 4,

    /// <summary>Today lies between two of its flights.</summary>
    BetweenFlights = 5,

    /// <summary>It does not run at this hour, or on this day of the week.</summary>
    Hours = 6,

    /// <summary>It may run, and targets nobody who is in front of the screen.</summary>
    Audience = 7,

    /// <summary>None of its creatives is approved and in the screen's cache, or not the one whose turn it is.</summary>
    Creative = 8,

    /// <summary>It is not for children, and a child is likely in view.</summary>
    Child = 9,

    /// <summary>Nobody's segment is known well enough, and it does not run for everybody.</summary>
    Confidence = 10,

    /// <summary>Its category ran here, or was seen by somebody in view, too short a time or too few plays ago.</summary>
    Separation = 11,

    /// <summary>Somebody in view has seen it as often as allowed.</summary>
    FrequencyCap = 12,

    /// <summary>It is ahead of its plan, or worth no more than the house loop.</summary>
    Worth = 13,

    /// <summary>Another campaign was worth more here, or had its share of voice due.</summary>
    Outbid = 14,
}
