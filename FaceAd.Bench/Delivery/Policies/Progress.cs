namespace FaceAd.Bench.Delivery.Policies;

/// <summary>What has been reported of each contract.</summary>
/// <param name="count">Number of contracts.</param>
sealed class Progress(int count)
{
    readonly int[] _delivered = new int[count];

    /// <summary>Target impressions reported.</summary>
    public int this[Contract contract] => _delivered[contract.Number];

    /// <summary>Whether the goal is reached.</summary>
    public bool IsDone(Contract contract) => this[contract] >= contract.Goal;

    /// <summary>Takes a report.</summary>
    public void Add(Contract contract, int brought) => _delivered[contract.Number] += brought;
}
