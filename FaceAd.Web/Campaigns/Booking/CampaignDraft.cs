using FaceAd.Core;

namespace FaceAd.Web.Campaigns.Booking;

/// <summary>The terms of a campaign as an advertiser writes them.</summary>
public sealed class CampaignDraft
{
    /// <summary>The longest period, in days.</summary>
    public const int MaxDays = 366;

    /// <summary>How far ahead the last day may be, in days: ten years.</summary>
    public const int MaxDaysAhead = 3653;

    /// <summary>The largest budget, in KRW.</summary>
    public const long MaxBudgetWon = 100_000_000_000;

    /// <summary>Name; 1 to 120 characters.</summary>
    public string Name { get; set; } = "";

    /// <summary>First day, inclusive.</summary>
    public DateOnly StartsOn { get; set; }

    /// <summary>Last day, inclusive.</summary>
    public DateOnly EndsOn { get; set; }

    /// <summary>Its flights, when there are several; then they say the days, and first and last day follow. Empty for one.</summary>
    public IList<Flight> Flights { get; init; } = [];

    /// <summary>The days that are asked for; only for terms without a problem of their days.</summary>
    public FlightPlan Plan => Flights.Count == 0 ? new(StartsOn, EndsOn, null) : FlightPlan.Of(Flights);

    /// <summary>Segments it targets.</summary>
    public ISet<Segment> Targets { get; init; } = new SortedSet<Segment>();

    /// <summary>Sites it may run at; empty for all.</summary>
    public ISet<Guid> SiteIds { get; init; } = new HashSet<Guid>();

    /// <summary>Groups of sites it may run at, besides <see cref="SiteIds"/>.</summary>
    public ISet<Guid> GroupIds { get; init; } = new HashSet<Guid>();

    /// <summary>Days of the week, see <see cref="Dayparting"/>.</summary>
    public int Days { get; set; } = Dayparting.AllDays;

    /// <summary>Hours of the day, see <see cref="Dayparting"/>.</summary>
    public int Hours { get; set; } = Dayparting.AllHours;

    /// <summary>Weights of its films by creative; a film that is not named keeps its own.</summary>
    public IDictionary<Guid, int> Weights { get; init; } = new Dictionary<Guid, int>();

    /// <summary>The <see cref="Campaign.Version"/> that was read and changed; null to write over whatever is there.</summary>
    public int? Version { get; set; }

    /// <summary>How it pays.</summary>
    public PriceModel PriceModel { get; set; }

    /// <summary>Budget in whole KRW, VAT excluded.</summary>
    public long BudgetWon { get; set; }

    /// <summary>Price of a thousand target impressions in whole KRW; taken only with <see cref="PriceModel.PerThousand"/>.</summary>
    public long? PricePerThousandWon { get; set; }

    /// <summary>The terms of a campaign, to change them.</summary>
    /// <param name="campaign">The campaign.</param>
    public static CampaignDraft Of(Campaign campaign) => new()
    {
        Name = campaign.Name,
        StartsOn = campaign.StartsOn,
        EndsOn = campaign.EndsOn,
        Flights = [.. campaign.Flights ?? []],
        Targets = new SortedSet<Segment>(campaign.Targets),
        SiteIds = (campaign.OwnSiteIds ?? campaign.SiteIds).ToHashSet(),
        GroupIds = campaign.GroupIds.ToHashSet(),
        Days = campaign.Days,
        Hours = campaign.Hours,
        Weights = campaign.Creatives.ToDictionary(c => c.Id, c => c.Weight),
        Version = campaign.Version,
        PriceModel = campaign.PriceModel,
        BudgetWon = campaign.BudgetWon,
        PricePerThousandWon = campaign.PricePerThousandWon,
    };

    /// <summary>What is wrong with the terms. Empty when nothing is.</summary>
    /// <param name="today">Today, in the site's time zone.</param>
    /// <param name="sites">Sites that exist.</param>
    /// <param name="groups">Groups that exist; null when there are none.</param>
    public IReadOnlyList<CampaignProblem> Problems(DateOnly today, IReadOnlyCollection<Guid> sites, IReadOnlyCollection<Guid>? groups = null)
    {
        List<CampaignProblem> problems = [];
        FlightPlan? plan = (Flights.Count == 0 ? EndsOn < StartsOn : Flights.Any(f => f.EndsOn < f.StartsOn)) ? null : Plan;
        var isFar = plan is { } asked && asked.EndsOn.DayNumber - today.DayNumber > MaxDaysAhead;
        if (string.IsNullOrWhiteSpace(Name)) problems.Add(CampaignProblem.NameMissing);
        else if (Name.Trim().Length > 120) problems.Add(CampaignProblem.NameTooLong);
        if (Targets.Count == 0 || !Targets.All(t => SegmentProbabilities.Segments.Contains(t))) problems.Add(CampaignProblem.TargetsMissing);
        if (!SiteIds.All(sites.Contains)) problems.Add(CampaignProblem.SiteUnknown);
        if (!GroupIds.All(g => groups?.Contains(g) == true)) problems.Add(CampaignProblem.GroupUnknown);
        if (!Dayparting.IsValid(Days, Hours)) problems.Add(CampaignProblem.HoursMissing);
        else if (!isFar && plan is { } days && days.Flights.All(f => f.Days <= 7 && Dayparting.CountHours(Days, Hours, f.StartsOn, f.EndsOn) == 0))
            problems.Add(CampaignProblem.HoursOutsidePeriod);
        if (Weights.Values.Any(w => w is < 1 or > Creative.MaxWeight)) problems.Add(CampaignProblem.WeightOutOfRange);
        if (plan is not { } period) problems.Add(CampaignProblem.EndsBeforeStart);
        else if (isFar) problems.Add(CampaignProblem.TooFarAhead);
        else if (period.EndsOn.DayNumber - period.StartsOn.DayNumber >= MaxDays) problems.Add(CampaignProblem.PeriodTooLong);
        else if (period.EndsOn < today) problems.Add(CampaignProblem.PeriodOver);
        if (Flights.Count > FlightPlan.MostFlights) problems.Add(CampaignProblem.TooManyFlights);
        else if (plan is not null && Flights.Sum(f => f.Days) != plan.Value.Days && Flights.Count > 0) problems.Add(CampaignProblem.FlightsOverlap);
        if (BudgetWon is < 1 or > MaxBudgetWon) problems.Add(CampaignProblem.BudgetOutOfRange);
        if (PriceModel == PriceModel.PerThousand && (PricePerThousandWon is not { } price || price < 1 || price > MaxBudgetWon))
            problems.Add(CampaignProblem.PriceMissing);
        return problems;
    }
}

/// <summary>What can be wrong with a campaign's terms.</summary>
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

    /// <summary>Its budget is not in 1..<see cref="CampaignDraft.MaxBudgetWon"/>.</summary>
    BudgetOutOfRange = 7,

    /// <summary>It pays per thousand and names no price.</summary>
    PriceMissing = 8,

    /// <summary>It has no film.</summary>
    FilmMissing = 9,

    /// <summary>It names a group of sites that does not exist.</summary>
    GroupUnknown = 10,

    /// <summary>It wants no day of the week, or no hour of the day.</summary>
    HoursMissing = 11,

    /// <summary>None of its days of the week is in its period.</summary>
    HoursOutsidePeriod = 12,

    /// <summary>A film's weight is not in 1..<see cref="Creative.MaxWeight"/>.</summary>
    WeightOutOfRange = 13,

    /// <summary>Somebody else has changed it since it was read.</summary>
    ChangedMeanwhile = 14,

    /// <summary>Two of its flights share a day.</summary>
    FlightsOverlap = 15,

    /// <summary>It has more than <see cref="FlightPlan.MostFlights"/> flights.</summary>
    TooManyFlights = 16,

    /// <summary>Its last day is more than <see cref="CampaignDraft.MaxDaysAhead"/> days ahead.</summary>
    TooFarAhead = 17,
}
