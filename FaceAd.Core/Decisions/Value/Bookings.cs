using FaceAd.Core.Decisions.Pacing;

namespace FaceAd.Core.Decisions.Value;

/// <summary>What campaigns' terms come to: price, goal and curve of each. Pure.</summary>
/// <param name="supply">Who is expected where and when.</param>
public sealed class Bookings(Supply supply)
{
    /// <summary>The campaigns as decisions take them.</summary>
    /// <param name="campaigns">The campaigns.</param>
    /// <param name="before">Those of before, by the same forecast: the curve of a campaign whose terms are the same is kept.</param>
    public CampaignTable TableOf(IReadOnlyList<SnapshotCampaign> campaigns, CampaignTable? before = null)
    {
        ArgumentNullException.ThrowIfNull(campaigns);
        var money = new double[SegmentProbabilities.Segments.Count + 1];
        foreach (var campaign in campaigns.Where(IsOpenEnded))
        {
            foreach (var (segment, krw) in MoneyOf(campaign)) money[(int)segment] += krw;
        }
        return new CampaignTable(campaigns.Select(c => Book(c, money, before)));
    }

    private BookedCampaign Book(SnapshotCampaign campaign, double[] money, CampaignTable? before)
    {
        var curve = before?.NumberOf(campaign.Id) is { } number && HasSameCurve(before[number].Campaign, campaign) ? before[number].Curve
            : new TargetCurve(campaign.Plan, new WeeklySupply(supply.WeekOf(campaign)), campaign.Delivery.Pace);
        var isOpenEnded = IsOpenEnded(campaign);
        var goal = isOpenEnded ? curve.Whole * ShareOf(campaign, money)
            : campaign.PricePerThousandKrw is { } price ? CampaignCost.Bought(campaign.BudgetKrw, price, campaign.Delivery.Goal)
            : campaign.Delivery.Goal ?? curve.Whole * campaign.Delivery.ShareOfVoice;
        goal = Math.Max(1, goal);
        return new BookedCampaign(campaign)
        {
            Goal = goal,
            PriceKrw = campaign.PricePerThousandKrw / 1000.0 ?? campaign.BudgetKrw / goal,
            Curve = curve,
            IsOpenEnded = isOpenEnded,
        };
    }

    // A flat price without a goal buys what it takes in turns with others: see ShareOf.
    private static bool IsOpenEnded(SnapshotCampaign campaign) =>
        campaign.PriceModel == PriceModel.Flat && campaign.Delivery is { Goal: null, ShareOfVoice: <= 0 };

    // Campaigns at a flat price share the people of each segment as they share the money that a day on air brings for it.
    private double ShareOf(SnapshotCampaign campaign, double[] money)
    {
        var (share, whole) = (0.0, 0.0);
        foreach (var (segment, krw) in MoneyOf(campaign))
        {
            var people = supply.Whole(segment);
            (share, whole) = (share + (people * krw / money[(int)segment]), whole + people);
        }
        return whole > 0 ? share / whole : 1;
    }

    // A day's price, by the people of each of its segments.
    private IEnumerable<(Segment Segment, double Krw)> MoneyOf(SnapshotCampaign campaign)
    {
        var segments = campaign.Targets.Where(t => t != Segment.Unknown).Distinct().ToList();
        var whole = segments.Sum(supply.Whole);
        if (whole <= 0) yield break;
        var day = (double)campaign.BudgetKrw / campaign.Plan.Days;
        foreach (var segment in segments)
        {
            if (supply.Whole(segment) is > 0 and var people) yield return (segment, day * people / whole);
        }
    }

    private static bool HasSameCurve(SnapshotCampaign one, SnapshotCampaign other) =>
        (one.StartsOn, one.EndsOn, one.Days, one.Hours, one.Delivery.Pace)
            == (other.StartsOn, other.EndsOn, other.Days, other.Hours, other.Delivery.Pace)
        && (one.Flights ?? []).SequenceEqual(other.Flights ?? []) && one.Targets.SequenceEqual(other.Targets)
        && one.SiteIds.SequenceEqual(other.SiteIds);
}
