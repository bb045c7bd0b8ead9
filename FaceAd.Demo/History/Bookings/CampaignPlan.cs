using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Demo.History.Riders;
using FaceAd.Web.Campaigns;

namespace FaceAd.Demo.History.Bookings;

/// <summary>A campaign of the demonstration. Days are counted from today.</summary>
/// <param name="Name">Name.</param>
/// <param name="Advertiser">The advertiser.</param>
/// <param name="Videos">Names of its videos, with their weights.</param>
/// <param name="Targets">Whom it is for.</param>
/// <param name="From">First day.</param>
/// <param name="To">Last day.</param>
/// <param name="BudgetKrw">Budget.</param>
/// <param name="PricePerThousandKrw">Price of a thousand target impressions; null for a flat price.</param>
sealed record CampaignPlan(
    string Name, string Advertiser, IReadOnlyList<(string Video, int Weight)> Videos, IReadOnlyList<Segment> Targets, int From, int To,
    long BudgetKrw, long? PricePerThousandKrw = null)
{
    /// <summary>When it was drawn up: as early as the history goes, or a week before it begins.</summary>
    public int MadeOn { get; init; } = Math.Max(From - 7, -PastSeed.Days);

    /// <summary>Buildings it is booked for, as places among <see cref="Building.All"/>; empty for all.</summary>
    public IReadOnlyList<int> Buildings { get; init; } = [];

    /// <summary>Days of the week, see <see cref="Dayparting"/>.</summary>
    public int Weekdays { get; init; } = Dayparting.AllDays;

    /// <summary>Hours of the day, see <see cref="Dayparting"/>.</summary>
    public int Hours { get; init; } = Dayparting.AllHours;

    /// <summary>What happened after it was drawn up; null: it was sent in on the same day and approved on the next.</summary>
    public IReadOnlyList<PlannedStep>? Steps { get; init; }

    /// <summary>The same, never null.</summary>
    public IReadOnlyList<PlannedStep> AllSteps =>
        Steps ?? [new(MadeOn, 11, CampaignAction.Submit), new(MadeOn + 1, 15, CampaignAction.Approve)];

    /// <summary>Bits of hours, for <see cref="Hours"/>.</summary>
    /// <param name="from">First hour.</param>
    /// <param name="to">First hour after them.</param>
    public static int HoursOf(int from, int to) => ((1 << to) - 1) & ~((1 << from) - 1);
}
