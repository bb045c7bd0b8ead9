using FaceAd.Core;
using FaceAd.Core.Decisions;

namespace FaceAd.Demo.History;

/// <summary>
/// The campaigns as decisions see them. Exposures are computed later, so what the plays of the history will have delivered is kept here.
/// </summary>
sealed class Programme
{
    readonly Dictionary<Guid, (long Impressions, long OnTarget, DateTimeOffset LastPlayAt)> _delivered = [];
    readonly Dictionary<Guid, long> _plays = [];
    readonly CreativeTurns _turns = new();
    List<SnapshotCampaign> _campaigns = [];

    /// <summary>The newest snapshot.</summary>
    public DecisionSnapshot Snapshot { get; private set; } = DecisionSnapshot.Empty;

    /// <summary>Takes over the campaigns that may run.</summary>
    /// <param name="snapshot">As read from the database.</param>
    public void Renew(DecisionSnapshot snapshot)
    {
        _campaigns = [.. snapshot.Campaigns.Select(Delivered)];
        Snapshot = snapshot with { Campaigns = _campaigns };
    }

    /// <summary>The creative of a campaign whose turn it is.</summary>
    public SnapshotCreative Take(SnapshotCampaign campaign, DateTimeOffset now) => _turns.Take(campaign, now);

    /// <summary>Counts a play.</summary>
    /// <param name="campaign">Its campaign.</param>
    /// <param name="creative">Its creative.</param>
    /// <param name="at">When it began.</param>
    /// <param name="seen">The segments of its exposures.</param>
    public void Count(SnapshotCampaign campaign, Guid creative, DateTimeOffset at, IReadOnlyList<Segment> seen)
    {
        var (impressions, onTarget, _) = _delivered.GetValueOrDefault(campaign.Id);
        _delivered[campaign.Id] = (impressions + seen.Count, onTarget + seen.Count(s => campaign.Targets.Contains(s)), at);
        _plays[creative] = _plays.GetValueOrDefault(creative) + 1;
        var place = _campaigns.FindIndex(c => c.Id == campaign.Id);
        _campaigns[place] = Delivered(_campaigns[place]);
    }

    SnapshotCampaign Delivered(SnapshotCampaign campaign)
    {
        if (!_delivered.TryGetValue(campaign.Id, out var so)) return campaign;
        return campaign with
        {
            Impressions = so.Impressions,
            TargetImpressions = so.OnTarget,
            LastPlayAt = so.LastPlayAt,
            Creatives = [.. campaign.Creatives.Select(c => c with { Plays = _plays.GetValueOrDefault(c.Id) })],
        };
    }
}
