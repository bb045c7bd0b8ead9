namespace FaceAd.Core.Decisions.Pacing;

/// <summary>
/// What one of several nodes holds of each campaign's goal: what its plays under way reserve, and what it may commit yet. By number of
/// campaign; written under the book's lock.
/// </summary>
/// <param name="count">Number of campaigns.</param>
internal sealed class BudgetSlices(int count)
{
    /// <summary>Enough for a full cabin.</summary>
    private const double Cabin = 8;

    /// <summary>What all nodes hold ahead of need is no more than this share of what is left.</summary>
    private const double Ahead = 0.25;

    /// <summary>Rounds for which what was lacking is held: until the screen decides again.</summary>
    private const int Patience = 60;

    // Sums of the same amounts in another order may differ in their last digits.
    private const double Slack = 1e-9;

    private readonly double[] _held = new double[count];
    private readonly double[] _told = new double[count]; // what others see of it: as much, or more
    private readonly (double Least, double Most)[] _missed = new (double, double)[count]; // since the last round
    private readonly (double Amount, int Rounds)[] _lacking = new (double, int)[count];

    /// <summary>Whether something can be committed. What cannot is asked for in the next round.</summary>
    public bool Has(int number, double committed, double amount)
    {
        if (committed + amount <= _held[number] + Slack) return true;
        // Decisions come here without the lock: what they spoil of each other's is missed again.
        var (least, most) = _missed[number];
        if (most == 0) _missed[number] = (amount, amount);
        else if (amount < least || amount > most) _missed[number] = (Math.Min(least, amount), Math.Max(most, amount));
        return false;
    }

    /// <summary>Takes over what was held under another number.</summary>
    public void Copy(int number, BudgetSlices before, int old) =>
        (_held[number], _told[number], _missed[number], _lacking[number]) =
            (before._held[old], before._told[old], before._missed[old], before._lacking[old]);

    /// <summary>Holds an amount more, or less.</summary>
    public void Add(int number, double amount) => _held[number] = Math.Max(0, _held[number] + amount);

    /// <summary>
    /// What to hold, if that is another amount than is held. More than that is given back at once: nothing of it is committed any more.
    /// </summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="number">Its number.</param>
    /// <param name="committed">What its plays under way reserve.</param>
    /// <param name="left">What is left of its goal.</param>
    /// <param name="nodes">Number of nodes.</param>
    /// <param name="always">Whether to tell, too, what stays as it is.</param>
    public SliceWish? Wish(Value.BookedCampaign campaign, int number, double committed, double left, int nodes, bool always)
    {
        _held[number] = Math.Max(_held[number], committed); // whatever it was committed by, it is under way
        var missed = _missed[number];
        _missed[number] = default;
        var lacking = missed.Most > 0 ? (Amount: missed.Most, Rounds: Patience) : _lacking[number];
        _lacking[number] = lacking = lacking.Rounds > 0 ? (lacking.Amount, lacking.Rounds - 1) : default;
        var fair = Math.Max(0, left) * Ahead / nodes;
        // As much again as is under way. With little left, only what was lacking: what lies about here is wanted elsewhere.
        var want = Math.Max(fair < 1 ? 0 : Math.Min(fair, Math.Max(Cabin, committed)), lacking.Amount);
        var free = _held[number] - committed;
        var lacks = free < lacking.Amount - Slack;
        // Two nodes that each keep a part of what both lack would wait for each other.
        if (lacks && free < missed.Least - Slack) _held[number] = committed;
        else if (free > 2 * want) _held[number] = committed + want;
        else if (!lacks && free >= want / 2 && _told[number] - _held[number] <= want + Slack && !(always && _held[number] + want > 0))
            return null;
        _told[number] = Math.Max(_held[number], committed + want);
        var least = Math.Min(_told[number], Math.Max(_held[number], committed + missed.Least));
        return new SliceWish(campaign.Campaign.Id, campaign.Goal, committed, _held[number], least, _told[number]);
    }

    /// <summary>Takes what was granted.</summary>
    /// <param name="number">The campaign's number.</param>
    /// <param name="committed">What its plays under way reserve.</param>
    /// <param name="wish">What was wished.</param>
    /// <param name="held">What is held by it.</param>
    public void Grant(int number, double committed, SliceWish wish, double held)
    {
        _told[number] = held;
        Add(number, held - wish.Held);
        // What cannot be had is asked for again when it is missed again.
        var free = Math.Max(0, _held[number] - committed);
        if (free < _lacking[number].Amount - Slack) _lacking[number].Amount = free;
    }
}
