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
        for (var number = 0; number < table.Count; number++)
        {
            Delivered[number] = table[number].Campaign.TargetImpressions;
            if (before?.Table.NumberOf(table[number].Campaign.Id) is { } old)
            {
                Delivered[number] = Math.Max(Delivered[number], before.Delivered[old]);
                (Committed[number], _plans[number]) = (before.Committed[old], before._plans[old]);
            }
            else _plans[number] = (-1, 0);
        }
    }

    public CampaignTable Table { get; }

    public double[] Delivered { get; }

    public double[] Committed { get; }

    public double[] Bids { get; }

    /// <summary>For each word of the table's sets, no less than any of its campaigns bids.</summary>
    public double[] MostBids { get; }

    public double Taken(int number) => Delivered[number] + Committed[number];

    /// <summary>See <see cref="PacingBook.Yield"/>.</summary>
    public double Yield { get; set; }

    /// <summary>
    /// Whether an audience would not pass the goal by more than one impression. A share of voice and an open end have no such goal.
    /// </summary>
    public bool CanPay(int number, double expected)
    {
        var (campaign, taken) = (Table[number], Taken(number));
        return campaign.Terms.ShareOfVoice > 0 || campaign.IsOpenEnded
            || (taken < campaign.Goal && taken + (expected * Yield) <= campaign.Goal + 1);
    }

    /// <summary>Moves a plan on; at night what is left of the goal is spread anew over what is left of the supply.</summary>
    public void Plan(int number, bool anew, DateTime clock)
    {
        var campaign = Table[number];
        var passed = campaign.Curve.PassedAt(clock);
        if (anew || _plans[number].Taken < 0) _plans[number] = (Taken(number), passed);
        var (taken, before) = _plans[number];
        var share = Math.Clamp((passed - before) / Math.Max(1e-9, 1 - before), 0, 1);
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
