using FaceAd.Core.Decisions.Value;

namespace FaceAd.Core.Decisions.Pacing;

/// <summary>The figures of a <see cref="PacingBook"/> by number of campaign; written under its lock, read by decisions without.</summary>
internal sealed class Pages
{
    private readonly double[] _planned;
    private readonly (double Taken, double Passed)[] _plans; // what it had, and how much supply had passed, when the plan was made

    /// <summary>Creates pages, with the figures of those before as far as campaigns are the same.</summary>
    public Pages(CampaignTable table, Pages? before)
    {
        (Table, Delivered, Committed, Bids) = (table, new double[table.Count], new double[table.Count], new double[table.Count]);
        (MostBids, _planned, _plans) = (new double[(table.Count + 63) / 64], new double[table.Count], new (double, double)[table.Count]);
        Yield = before?.Yield ?? 1;
        Slices = before?.Slices is null ? null : new BudgetSlices(table.Count);
        for (var number = 0; number < table.Count; number++)
        {
            Delivered[number] = table[number].Campaign.TargetImpressions;
            if (before?.Table.NumberOf(table[number].Campaign.Id) is { } old)
            {
                Delivered[number] = Math.Max(Delivered[number], before.Delivered[old]);
                (Committed[number], _plans[number]) = (before.Committed[old], before._plans[old]);
                Slices?.Copy(number, before.Slices!, old);
            }
            else _plans[number] = (-1, 0);
        }
    }

    public CampaignTable Table { get; }

    public double[] Delivered { get; }

    public double[] Committed { get; }

    /// <summary>What this node holds of each goal; null while it holds all of them.</summary>
    public BudgetSlices? Slices { get; set; }

    public double[] Bids { get; }

    /// <summary>For each word of the table's sets, no less than any of its campaigns bids.</summary>
    public double[] MostBids { get; }

    public double Taken(int number) => Delivered[number] + Committed[number];

    /// <summary>See <see cref="PacingBook.Yield"/>.</summary>
    public double Yield { get; set; }

    /// <summary>Whether a campaign stops at its goal. A share of voice and an open end do not.</summary>
    public bool HasEnd(int number) => Table[number] is { Terms.ShareOfVoice: <= 0, IsOpenEnded: false };

    /// <summary>
    /// Whether an audience would not pass the goal by more than one impression, and what this node holds of it by none.
    /// </summary>
    public bool CanPay(int number, double expected)
    {
        if (!HasEnd(number)) return true;
        var (goal, taken, reserved) = (Table[number].Goal, Taken(number), expected * Yield);
        if (taken >= goal || taken + reserved > goal + 1) return false;
        return Slices is not { } slices || slices.Has(number, Committed[number], reserved);
    }

    /// <summary>Moves a plan on; at night what is left of the goal is spread anew over what is left of the supply.</summary>
    public void Plan(int number, bool anew, DateTime clock)
    {
        var campaign = Table[number];
        var passed = campaign.Curve.PassedAt(clock);
        if (anew || _plans[number].Taken < 0) _plans[number] = (Taken(number), passed);
        var (taken, before) = _plans[number];
        var share = before >= 1 ? 1 : Math.Clamp((passed - before) / (1 - before), 0, 1); // 1: all is due
        _planned[number] = taken + ((campaign.Goal - taken) * share);
        Bid(number);
    }

    /// <summary>Works out what a campaign bids.</summary>
    public void Bid(int number)
    {
        var campaign = Table[number];
        var ahead = (Taken(number) - _planned[number]) / Math.Max(PacingBook.LeastGoal, campaign.Goal);
        var most = campaign.IsOpenEnded ? PacingBook.Rest : 1;
        var theta = campaign.PriceKrw * Math.Clamp(PacingBook.Gain * ahead, -PacingBook.Penalty, most);
        Bids[number] = campaign.PriceKrw - theta;
        if (Bids[number] > MostBids[number >> 6]) MostBids[number >> 6] = Bids[number];
    }

    /// <summary>Makes <see cref="MostBids"/> as low as they may be.</summary>
    public void Tighten()
    {
        for (var word = 0; word < MostBids.Length; word++)
        {
            var most = 0.0;
            for (var i = word << 6; i < Math.Min(Bids.Length, (word + 1) << 6); i++) most = Math.Max(most, Bids[i]);
            MostBids[word] = most;
        }
    }
}
