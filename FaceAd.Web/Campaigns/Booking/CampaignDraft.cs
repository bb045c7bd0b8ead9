using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Web.Data;

namespace FaceAd.Web.Campaigns.Booking;

/// <summary>The terms of a campaign as the advertiser enters them.</summary>
public sealed class CampaignDraft
{
    /// <summary>The longest period, in days.</summary>
    public const int MaxDays = 366;

    /// <summary>How far ahead the last day may be, in days: ten years.</summary>
    public const int MaxDaysAhead = 3653;

    /// <summary>The largest budget, in KRW.</summary>
    public const long MaxBudgetKrw = 100_000_000_000;

    /// <summary>Name; 1 to 120 characters.</summary>
    public string Name { get; set; } = "";

    /// <summary>First day, inclusive.</summary>
    public DateOnly StartsOn { get; set; }

    /// <summary>Last day, inclusive.</summary>
    public DateOnly EndsOn { get; set; }

    /// <summary>Its flights, if there are several; first and last day then follow from them. Empty for one.</summary>
    public IList<Flight> Flights { get; init; } = [];

    /// <summary>The requested dates; valid only when the dates have no problem.</summary>
    public FlightPlan Plan => Flights.Count == 0 ? new(StartsOn, EndsOn, null) : FlightPlan.Of(Flights);

    /// <summary>Target segments.</summary>
    public ISet<Segment> Targets { get; init; } = new SortedSet<Segment>();

    /// <summary>Sites it may run at; empty for all.</summary>
    public ISet<Guid> SiteIds { get; init; } = new HashSet<Guid>();

    /// <summary>Site groups it may run at, besides <see cref="SiteIds"/>.</summary>
    public ISet<Guid> GroupIds { get; init; } = new HashSet<Guid>();

    /// <summary>Days of the week, see <see cref="Dayparting"/>.</summary>
    public int Days { get; set; } = Dayparting.AllDays;

    /// <summary>Hours of the day, see <see cref="Dayparting"/>.</summary>
    public int Hours { get; set; } = Dayparting.AllHours;

    /// <summary>Weights of its creatives; creatives not listed keep theirs.</summary>
    public IDictionary<Guid, int> Weights { get; init; } = new Dictionary<Guid, int>();

    /// <summary>The <see cref="Campaign.Version"/> these changes are based on; null to overwrite any version.</summary>
    public int? Version { get; set; }

    /// <summary>How it is priced.</summary>
    public PriceModel PriceModel { get; set; }

    /// <summary>Budget in whole KRW, VAT excluded.</summary>
    public long BudgetKrw { get; set; }

    /// <summary>Price of a thousand target impressions in whole KRW; used only with <see cref="PriceModel.PerThousand"/>.</summary>
    public long? PricePerThousandKrw { get; set; }

    /// <summary>How it is to be delivered.</summary>
    public DeliveryTerms Delivery { get; set; } = DeliveryTerms.Default;

    /// <summary>Sets the dates.</summary>
    /// <param name="plan">The dates.</param>
    public void Take(FlightPlan plan)
    {
        (StartsOn, EndsOn) = (plan.StartsOn, plan.EndsOn);
        Flights.Clear();
        foreach (var flight in plan.Parts ?? []) Flights.Add(flight);
    }

    /// <summary>The current terms of a campaign, for editing.</summary>
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
        BudgetKrw = campaign.BudgetKrw,
        PricePerThousandKrw = campaign.PricePerThousandKrw,
        Delivery = campaign.Delivery,
    };

    /// <summary>Problems with the terms; empty when there are none.</summary>
    /// <param name="today">Today, in the site's time zone.</param>
    /// <param name="sites">Known sites.</param>
    /// <param name="groups">Known groups; null when there are none.</param>
    public IReadOnlyList<CampaignProblem> Problems(
        DateOnly today, IReadOnlyCollection<Guid> sites, IReadOnlyCollection<Guid>? groups = null)
    {
        List<CampaignProblem> problems = [];
        FlightPlan? plan = (Flights.Count == 0 ? EndsOn < StartsOn : Flights.Any(f => f.EndsOn < f.StartsOn)) ? null : Plan;
        var isFar = plan is { } asked && asked.EndsOn.DayNumber - today.DayNumber > MaxDaysAhead;
        if (StorableText.IsBlank(Name)) problems.Add(CampaignProblem.NameMissing);
        else if (!StorableText.Fits(Name.Trim(), 120)) problems.Add(CampaignProblem.NameTooLong);
        if (Targets.Count == 0 || !Targets.All(t => SegmentProbabilities.Segments.Contains(t)))
            problems.Add(CampaignProblem.TargetsMissing);
        if (!SiteIds.All(sites.Contains)) problems.Add(CampaignProblem.SiteUnknown);
        if (!GroupIds.All(g => groups?.Contains(g) == true)) problems.Add(CampaignProblem.GroupUnknown);
        if (!Dayparting.IsValid(Days, Hours)) problems.Add(CampaignProblem.HoursMissing);
        else if (!isFar && plan is { } days
            && days.Flights.All(f => f.Days <= 7 && Dayparting.CountHours(Days, Hours, f.StartsOn, f.EndsOn) == 0))
            problems.Add(CampaignProblem.HoursOutsidePeriod);
        if (Weights.Values.Any(w => w is < 1 or > Creative.MaxWeight)) problems.Add(CampaignProblem.WeightOutOfRange);
        if (plan is not { } period) problems.Add(CampaignProblem.EndsBeforeStart);
        else if (isFar) problems.Add(CampaignProblem.TooFarAhead);
        else if (period.EndsOn.DayNumber - period.StartsOn.DayNumber >= MaxDays) problems.Add(CampaignProblem.PeriodTooLong);
        else if (period.EndsOn < today) problems.Add(CampaignProblem.PeriodOver);
        if (Flights.Count > FlightPlan.MostFlights) problems.Add(CampaignProblem.TooManyFlights);
        else if (plan is not null && Flights.Sum(f => f.Days) != plan.Value.Days && Flights.Count > 0)
            problems.Add(CampaignProblem.FlightsOverlap);
        if (BudgetKrw is < 1 or > MaxBudgetKrw) problems.Add(CampaignProblem.BudgetOutOfRange);
        if (PriceModel == PriceModel.PerThousand && (PricePerThousandKrw is not { } price || price < 1 || price > MaxBudgetKrw))
            problems.Add(CampaignProblem.PriceMissing);
        if (!Delivery.HasSoundGoal) problems.Add(CampaignProblem.GoalOutOfRange);
        if (!Delivery.HasSoundCaps) problems.Add(CampaignProblem.CapOutOfRange);
        if (!Delivery.HasSoundSeparation) problems.Add(CampaignProblem.SeparationOutOfRange);
        if (!Delivery.HasSoundPace) problems.Add(CampaignProblem.PaceOutOfRange);
        return problems;
    }
}
