namespace FaceAd.Bench.Delivery.Policies;

/// <summary>The best price times expected impressions, until the goal is reached.</summary>
/// <param name="contracts">Number of contracts.</param>
sealed class AsFastAsPossible(int contracts) : IDeliveryPolicy
{
    readonly Progress _progress = new(contracts);

    public string Name => "as fast as possible";

    public void Advance(DateTimeOffset now, int day, double hour)
    {
    }

    public Contract? Choose(Slot slot, IReadOnlyList<(Contract Contract, int Expected)> candidates) =>
        candidates.Where(c => !_progress.IsDone(c.Contract)).OrderByDescending(c => c.Expected * c.Contract.PriceKrw)
            .Select(c => c.Contract).FirstOrDefault();

    public void Reported(Contract contract, int expected, int brought, int impressions) => _progress.Add(contract, brought);
}
