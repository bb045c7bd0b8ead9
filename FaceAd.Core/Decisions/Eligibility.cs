namespace FaceAd.Core.Decisions;

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
