namespace FaceAd.Bench.Delivery;

/// <summary>A rule that chooses ads, and what it learns while it does.</summary>
interface IDeliveryPolicy
{
    /// <summary>Name in the table.</summary>
    string Name { get; }

    /// <summary>Whether it asks <see cref="Gates"/>; what it would break is counted otherwise.</summary>
    bool AsksGates => true;

    /// <summary>Time passes. Called before each choice.</summary>
    /// <param name="now">The instant.</param>
    /// <param name="day">Day of the trace.</param>
    /// <param name="hour">Hours since the midnight of that day, with their fraction.</param>
    void Advance(DateTimeOffset now, int day, double hour);

    /// <summary>Chooses.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="candidates">Those that may be shown, with the target impressions in view: at least one each.</param>
    /// <returns>The chosen one; null for the house loop.</returns>
    Contract? Choose(Slot slot, IReadOnlyList<(Contract Contract, int Expected)> candidates);

    /// <summary>A play has ended and was reported.</summary>
    /// <param name="contract">What was played.</param>
    /// <param name="expected">Target impressions that were expected of it.</param>
    /// <param name="brought">Target impressions that it brought.</param>
    /// <param name="impressions">Impressions that it brought.</param>
    void Reported(Contract contract, int expected, int brought, int impressions);

    /// <summary>The server was lost: what was only in its memory is gone.</summary>
    void Lost()
    {
    }
}
