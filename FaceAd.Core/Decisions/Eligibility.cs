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
}

/// <summary>The terms of a campaign that decide where and when it may run.</summary>
/// <param name="SiteIds">Sites it is booked for; empty for all.</param>
/// <param name="Plan">Its flights.</param>
/// <param name="Days">Days of the week, see <see cref="Dayparting"/>.</param>
/// <param name="Hours">Hours of the day, see <see cref="Dayparting"/>.</param>
/// <param name="PriceModel">How it is priced.</param>
/// <param name="BudgetKrw">Budget in whole KRW.</param>
/// <param name="PricePerThousandKrw">Price per thousand target impressions in whole KRW; null for a flat price.</param>
/// <param name="TargetImpressions">Exposures to its targets so far.</param>
public readonly record struct RunningTerms(
    IReadOnlyList<Guid> SiteIds, FlightPlan Plan, int Days, int Hours, PriceModel PriceModel, long BudgetKrw, long? PricePerThousandKrw, long TargetImpressions)
{
    /// <summary>Whether a campaign priced per thousand has spent its budget; a flat price is never spent before its last day.</summary>
    public bool IsSpent => PriceModel == PriceModel.PerThousand && CampaignCost.ToDate(PriceModel, BudgetKrw, PricePerThousandKrw, 1, TargetImpressions) >= BudgetKrw;
}

/// <summary>The single rule for whether an approved campaign may run at a site now. Its audience is not asked for here.</summary>
public static class Eligibility
{
    /// <summary>The first gate that stops a campaign.</summary>
    /// <param name="terms">The campaign's terms.</param>
    /// <param name="siteId">The site.</param>
    /// <param name="clock">The instant, on the site's own clock.</param>
    public static Gate Of(in RunningTerms terms, Guid siteId, DateTime clock)
    {
        if (!Targeting.RunsAt(terms.SiteIds, siteId)) return Gate.Site;
        var day = DateOnly.FromDateTime(clock);
        if (day < terms.Plan.StartsOn) return Gate.NotStarted;
        if (day > terms.Plan.EndsOn) return Gate.Ended;
        if (terms.IsSpent) return Gate.Budget;
        if (!terms.Plan.Contains(day)) return Gate.BetweenFlights;
        return Dayparting.Wants(terms.Days, terms.Hours, clock) ? Gate.None : Gate.Hours;
    }
}
