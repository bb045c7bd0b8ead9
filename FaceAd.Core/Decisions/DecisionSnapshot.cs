namespace FaceAd.Core.Decisions;

/// <summary>A creative that may be asked for.</summary>
/// <param name="Id">The creative.</param>
/// <param name="Name">Name for people.</param>
/// <param name="Sha256">Hash of its file.</param>
/// <param name="Bytes">Length of its file.</param>
/// <param name="Seconds">Running time.</param>
public sealed record SnapshotCreative(Guid Id, string Name, string Sha256, long Bytes, double Seconds)
{
    /// <summary>Its share of its campaign's plays, beside the other creatives' weights; at least 1.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>Its plays so far, as reported; kept for creatives that share a campaign, 0 for others.</summary>
    public long Plays { get; init; }
}

/// <summary>
/// Everything a decision needs, in memory, replaced whole and at most a second old. A decision never waits for the database.
/// </summary>
/// <param name="TakenAt">When the rows were read.</param>
/// <param name="Campaigns">Approved campaigns with at least one creative that have not ended everywhere.</param>
/// <param name="HouseLoop">Creatives to play in turn when there is nothing better.</param>
public sealed record DecisionSnapshot(
    DateTimeOffset TakenAt, IReadOnlyList<SnapshotCampaign> Campaigns, IReadOnlyList<SnapshotCreative> HouseLoop)
{
    /// <summary>Before the first reading.</summary>
    public static DecisionSnapshot Empty { get; } = new(DateTimeOffset.MinValue, [], []);
}
