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

    /// <summary>It may run, and does not target the segment in front of the screen. A decision asks this, <see cref="Eligibility"/> never.</summary>
    Audience = 7,
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

    /// <summary>Budget accrued to date by impressions to date in KRW; null at zero impressions.</summary>
    /// <param name="impressions">Exposures so far, repeats included.</param>
    /// <param name="calendar">The site's days.</param>
    /// <param name="now">The instant asked for.</param>
    public double? CostPerImpression(long impressions, SiteCalendar calendar, DateTimeOffset now) => impressions == 0 ? null
        : (double)CampaignCost.ToDate(PriceModel, BudgetKrw, PricePerThousandKrw, Plan.ElapsedShare(calendar, now), TargetImpressions) / impressions;
}

/// <summary>The single rule for whether an approved campaign may run at a site now. Its audience is not asked for here.</summary>
public static class Eligibility
{
    /// <summary>The first gate that stops a campaign at a site.</summary>
    /// <param name="terms">The campaign's terms.</param>
    /// <param name="siteId">The site.</param>
    /// <param name="clock">The instant, on the site's own clock.</param>
    public static Gate Of(in RunningTerms terms, Guid siteId, DateTime clock) =>
        Targeting.RunsAt(terms.SiteIds, siteId) ? At(terms, clock) : Gate.Site;

    /// <summary>
    /// What keeps a campaign from running at all of the sites it is booked for: none when it may run at one of them, else the
    /// gate of the site where it got furthest.
    /// </summary>
    /// <param name="terms">The campaign's terms.</param>
    /// <param name="clocks">The instant on the clocks of its sites; at least one.</param>
    public static Gate Anywhere(in RunningTerms terms, IEnumerable<DateTime> clocks)
    {
        var furthest = Gate.Site;
        foreach (var clock in clocks)
        {
            var gate = At(terms, clock);
            if (gate == Gate.None) return Gate.None;
            if (gate > furthest) furthest = gate;
        }
        return furthest;
    }

    /// <summary>What the dates alone say: not started, ended, between flights, or none.</summary>
    /// <param name="plan">The campaign's flights.</param>
    /// <param name="day">The site's day.</param>
    public static Gate OfDay(in FlightPlan plan, DateOnly day) =>
        day < plan.StartsOn ? Gate.NotStarted : day > plan.EndsOn ? Gate.Ended : plan.Contains(day) ? Gate.None : Gate.BetweenFlights;

    private static Gate At(in RunningTerms terms, DateTime clock)
    {
        var day = OfDay(terms.Plan, DateOnly.FromDateTime(clock));
        if (day is Gate.NotStarted or Gate.Ended) return day;
        if (terms.IsSpent) return Gate.Budget;
        if (day != Gate.None) return day;
        return Dayparting.Wants(terms.Days, terms.Hours, clock) ? Gate.None : Gate.Hours;
    }
}
