namespace FaceAd.Core.Decisions.Value;

/// <summary>The best campaign so far that nothing stops, and the best of the others.</summary>
internal struct Ranking(CampaignTable table, ScreenMemory screen)
{
    private Losers _losers;
    private int _count;

    /// <summary>The best so far.</summary>
    public Scored? Winner { get; private set; }

    /// <summary>Whether it won by its share of voice, so that none is better.</summary>
    public bool ByShare { get; private set; }

    /// <summary>Whoever is worth less than this is neither the winner nor one of the losers to be named.</summary>
    public readonly double Threshold => _count < Losers.Most ? 0
        : ByShare ? _losers[Losers.Most - 1].ScoreKrw
        : Math.Min(_losers[Losers.Most - 1].ScoreKrw, Winner?.ScoreKrw ?? 0);

    /// <summary>A share of voice is due.</summary>
    public void TakeShare(in Scored voice) => (Winner, ByShare) = (voice, true);

    /// <summary>Takes a campaign in.</summary>
    public void Add(in Scored scored)
    {
        if (scored.Gate != Gate.None) Lose(scored);
        else if (ByShare || (Winner is { } best && !IsBefore(scored, best))) Lose(scored with { Gate = Gate.Outbid });
        else
        {
            if (Winner is { } beaten) Lose(beaten with { Gate = Gate.Outbid });
            Winner = scored;
        }
    }

    /// <summary>Whether there is neither a winner nor a loser.</summary>
    public readonly bool IsEmpty => Winner is null && _count == 0;

    /// <summary>The result.</summary>
    public readonly ValueExplanation Explain(Guid? creative, bool areResting) =>
        new(table, Winner, ByShare, creative, _losers, _count, areResting);

    private void Lose(in Scored scored)
    {
        var place = _count;
        while (place > 0 && IsBefore(scored, _losers[place - 1])) place--;
        if (place == Losers.Most) return;
        if (_count < Losers.Most) _count++;
        for (var i = _count - 1; i > place; i--) _losers[i] = _losers[i - 1];
        _losers[place] = scored;
    }

    private readonly bool IsBefore(in Scored one, in Scored other)
    {
        if (one.ScoreKrw != other.ScoreKrw) return one.ScoreKrw > other.ScoreKrw;
        var (lot, otherLot) = (screen.Lot(table[one.Number].Campaign.Id), screen.Lot(table[other.Number].Campaign.Id));
        return lot != otherLot ? lot < otherLot : one.Number < other.Number;
    }
}
