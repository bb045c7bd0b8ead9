using System.Text.Json.Serialization;
using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Web.Campaigns.Booking;

namespace FaceAd.Web.Campaigns.Requests;

/// <summary>A term that a change request may ask for.</summary>
public enum ChangedTerm
{
    /// <summary>First day, last day, flights.</summary>
    Dates = 0,

    /// <summary>Budget.</summary>
    Budget = 1,

    /// <summary>Target segments.</summary>
    Targets = 2,

    /// <summary>Sites and groups.</summary>
    Sites = 3,

    /// <summary>Days of the week and hours of the day.</summary>
    Hours = 4,

    /// <summary>Which creatives play, and their weights.</summary>
    Creatives = 5,
}

/// <summary>
/// The terms of a booked campaign that may be asked for. Name and price are not among them: both were agreed on, and reports name them.
/// Stored as JSON; arrays are never changed.
/// </summary>
public sealed record RequestedTerms
{
    /// <summary>First day, inclusive.</summary>
    public required DateOnly StartsOn { get; init; }

    /// <summary>Last day, inclusive.</summary>
    public required DateOnly EndsOn { get; init; }

    /// <summary>Its flights, if there are several.</summary>
    public Flight[]? Flights { get; init; }

    /// <summary>Budget in whole KRW.</summary>
    public required long BudgetKrw { get; init; }

    /// <summary>Target segments, in order.</summary>
    public required Segment[] Targets { get; init; }

    /// <summary>Sites named, besides those of groups; without groups, empty for all.</summary>
    public required Guid[] SiteIds { get; init; }

    /// <summary>Site groups named.</summary>
    public required Guid[] GroupIds { get; init; }

    /// <summary>Days of the week, see <see cref="Dayparting"/>.</summary>
    public required int Days { get; init; }

    /// <summary>Hours of the day.</summary>
    public required int Hours { get; init; }

    /// <summary>The creatives that play, by <see cref="Creative.LineId"/>, with their weights.</summary>
    public required Dictionary<Guid, int> Creatives { get; init; }

    /// <summary>A campaign's terms as they are.</summary>
    /// <param name="campaign">The campaign, with its current creatives.</param>
    public static RequestedTerms Of(Campaign campaign) => Of(
        CampaignDraft.Of(campaign),
        campaign.Creatives.Where(c => c.State == CreativeState.Current).ToDictionary(c => c.LineId, c => c.Weight));

    /// <summary>Terms as they were entered. Their dates must be in order.</summary>
    /// <param name="draft">The terms.</param>
    /// <param name="creatives">The creatives that play, by line, with their weights.</param>
    public static RequestedTerms Of(CampaignDraft draft, IReadOnlyDictionary<Guid, int> creatives) => new()
    {
        StartsOn = draft.Plan.StartsOn,
        EndsOn = draft.Plan.EndsOn,
        Flights = draft.Plan.Parts?.ToArray(),
        BudgetKrw = draft.BudgetKrw,
        Targets = [.. draft.Targets.Order()],
        SiteIds = [.. draft.SiteIds.Order()],
        GroupIds = [.. draft.GroupIds.Order()],
        Days = draft.Days,
        Hours = draft.Hours,
        Creatives = creatives.ToDictionary(),
    };

    /// <summary>The dates.</summary>
    [JsonIgnore]
    public FlightPlan Plan => new(StartsOn, EndsOn, Flights);

    /// <summary>A draft with these terms; the rest is a campaign's.</summary>
    /// <param name="campaign">The campaign.</param>
    public CampaignDraft ToDraft(Campaign campaign) => new()
    {
        Name = campaign.Name,
        StartsOn = StartsOn,
        EndsOn = EndsOn,
        Flights = [.. Flights ?? []],
        Targets = new SortedSet<Segment>(Targets),
        SiteIds = SiteIds.ToHashSet(),
        GroupIds = GroupIds.ToHashSet(),
        Days = Days,
        Hours = Hours,
        Version = campaign.Version,
        PriceModel = campaign.PriceModel,
        BudgetKrw = BudgetKrw,
        PricePerThousandKrw = campaign.PricePerThousandKrw,
        Delivery = campaign.Delivery,
    };

    /// <summary>The terms in which these differ from others.</summary>
    /// <param name="other">The others.</param>
    public IReadOnlyList<ChangedTerm> Differences(RequestedTerms other) => [.. Enum.GetValues<ChangedTerm>().Where(term => term switch
    {
        ChangedTerm.Dates => !Plan.Flights.SequenceEqual(other.Plan.Flights),
        ChangedTerm.Budget => BudgetKrw != other.BudgetKrw,
        ChangedTerm.Targets => !Targets.SequenceEqual(other.Targets),
        ChangedTerm.Sites => !SiteIds.SequenceEqual(other.SiteIds) || !GroupIds.SequenceEqual(other.GroupIds),
        ChangedTerm.Hours => (Days, Hours) != (other.Days, other.Hours),
        _ => Creatives.Count != other.Creatives.Count
            || Creatives.Any(c => !other.Creatives.TryGetValue(c.Key, out var weight) || weight != c.Value),
    })];
}
