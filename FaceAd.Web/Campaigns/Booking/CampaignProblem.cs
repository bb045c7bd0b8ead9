using FaceAd.Core.Decisions;

namespace FaceAd.Web.Campaigns.Booking;

/// <summary>Problems with a campaign's terms.</summary>
public enum CampaignProblem
{
    /// <summary>It has no name.</summary>
    NameMissing = 0,

    /// <summary>Its name is longer than 120 characters.</summary>
    NameTooLong = 1,

    /// <summary>It targets no segment.</summary>
    TargetsMissing = 2,

    /// <summary>It names a site that does not exist.</summary>
    SiteUnknown = 3,

    /// <summary>Its last day is before its first.</summary>
    EndsBeforeStart = 4,

    /// <summary>Its period is longer than <see cref="CampaignDraft.MaxDays"/>.</summary>
    PeriodTooLong = 5,

    /// <summary>Its last day has passed.</summary>
    PeriodOver = 6,

    /// <summary>Its budget is not in 1..<see cref="CampaignDraft.MaxBudgetKrw"/>.</summary>
    BudgetOutOfRange = 7,

    /// <summary>It is priced per thousand and has no price.</summary>
    PriceMissing = 8,

    /// <summary>It has no creative.</summary>
    CreativeMissing = 9,

    /// <summary>It names a site group that does not exist.</summary>
    GroupUnknown = 10,

    /// <summary>It has no day of the week, or no hour of the day.</summary>
    HoursMissing = 11,

    /// <summary>None of its days of the week falls in its period.</summary>
    HoursOutsidePeriod = 12,

    /// <summary>A creative's weight is not in 1..<see cref="Creative.MaxWeight"/>.</summary>
    WeightOutOfRange = 13,

    /// <summary>It was changed since it was read.</summary>
    ChangedMeanwhile = 14,

    /// <summary>Two of its flights overlap.</summary>
    FlightsOverlap = 15,

    /// <summary>It has more than <see cref="FlightPlan.MostFlights"/> flights.</summary>
    TooManyFlights = 16,

    /// <summary>Its last day is more than <see cref="CampaignDraft.MaxDaysAhead"/> days ahead.</summary>
    TooFarAhead = 17,

    /// <summary>It is booked, and its budget is less than what has accrued.</summary>
    BudgetSpent = 18,

    /// <summary>It is booked, and days that have begun would no longer be on air, or would have been.</summary>
    DaysBegun = 19,

    /// <summary>It names a creative that it does not have, or that was rejected.</summary>
    CreativeUnknown = 20,

    /// <summary>It has started, and its targets would change.</summary>
    TargetsFixed = 21,

    /// <summary>Its goal is not in 1..<see cref="DeliveryTerms.MaxGoal"/>.</summary>
    GoalOutOfRange = 22,

    /// <summary>It has more than <see cref="DeliveryTerms.MostCaps"/> frequency caps, or one that is not in range.</summary>
    CapOutOfRange = 23,

    /// <summary>Its competitive category is not known, or keeps apart too long.</summary>
    SeparationOutOfRange = 24,

    /// <summary>Its pace is not known, or its share of voice is not in 0..1.</summary>
    PaceOutOfRange = 25,
}
