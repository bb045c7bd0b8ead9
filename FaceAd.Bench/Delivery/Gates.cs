namespace FaceAd.Bench.Delivery;

/// <summary>
/// What no policy may pass: child safety, competitive separation, frequency caps. Knows what has been pushed, not only what was reported.
/// </summary>
/// <param name="screens">Number of screens.</param>
sealed class Gates(int screens)
{
    /// <summary>From this probability on, somebody in the cabin counts as a child.</summary>
    public const double LikelyChild = 0.2;

    /// <summary>Time for which one category keeps off a screen after an ad of it.</summary>
    public static readonly TimeSpan Apart = TimeSpan.FromMinutes(10);

    readonly List<(int Category, DateTimeOffset Until)>[] _shown =
        [.. Enumerable.Range(0, screens).Select(_ => new List<(int, DateTimeOffset)>())];

    readonly Dictionary<(int Contract, int Person, int Day), int> _seen = [];

    /// <summary>
    /// Choices that broke a rule; of a policy that asks, only those before somebody who was not recognised.
    /// </summary>
    public (int Child, int Separation, int Cap) Broken { get; private set; }

    /// <summary>Whether a contract may be shown.</summary>
    public bool Allow(Contract contract, Slot slot) =>
        !(contract.Restricted && HasChild(slot)) && !IsTooSoon(contract, slot)
        && !IsCapped(contract, slot, known: true);

    /// <summary>Takes note of what is shown.</summary>
    public void Show(Contract contract, Slot slot)
    {
        Broken = (
            Broken.Child + (contract.Restricted && HasChild(slot) ? 1 : 0), Broken.Separation + (IsTooSoon(contract, slot) ? 1 : 0),
            Broken.Cap + (IsCapped(contract, slot, known: false) ? 1 : 0));
        if (contract.Category > 0) _shown[slot.Screen].Add((contract.Category, slot.End + Apart));
        if (contract.CapPerDay is null) return;
        foreach (var seat in slot.Seats)
        {
            if (seat.Exposed) _seen[(contract.Number, seat.Person, slot.Day)] = Seen(contract, seat, slot) + 1;
        }
    }

    static bool HasChild(Slot slot)
    {
        var none = 1.0;
        foreach (var seat in slot.Seats)
        {
            if (seat is { InView: true, Estimate: { } estimate }) none *= 1 - estimate.Kids;
        }
        return 1 - none >= LikelyChild;
    }

    bool IsTooSoon(Contract contract, Slot slot)
    {
        if (contract.Category == 0) return false;
        _shown[slot.Screen].RemoveAll(s => s.Until <= slot.At);
        return _shown[slot.Screen].Exists(s => s.Category == contract.Category);
    }

    // Hard: one capped rider in view keeps the ad away from the whole cabin.
    bool IsCapped(Contract contract, Slot slot, bool known)
    {
        if (contract.CapPerDay is not { } cap) return false;
        foreach (var seat in slot.Seats)
        {
            if (seat.InView && (seat.Known || !known) && Seen(contract, seat, slot) >= cap) return true;
        }
        return false;
    }

    int Seen(Contract contract, Seat seat, Slot slot) => _seen.GetValueOrDefault((contract.Number, seat.Person, slot.Day));
}
