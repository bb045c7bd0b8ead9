namespace FaceAd.Core.Decisions.Gates;

/// <summary>A rider's exposures to one campaign: looked up once for all its caps.</summary>
public readonly struct CampaignExposures
{
    private readonly List<(DateTimeOffset At, int Count)>? _times;

    /// <summary>Looks them up.</summary>
    /// <param name="seen">What the rider has seen; null while not recognised.</param>
    /// <param name="campaign">The campaign.</param>
    public CampaignExposures(SeenAds? seen, Guid campaign) => (IsRecognised, _times) = (seen is not null, seen?.TimesOf(campaign));

    /// <summary>Whether the rider is recognised.</summary>
    public bool IsRecognised { get; }

    /// <summary>How many there were.</summary>
    /// <param name="from">From this instant on.</param>
    public int CountSince(DateTimeOffset from)
    {
        if (_times is null) return 0;
        var count = 0;
        for (var i = _times.Count - 1; i >= 0 && _times[i].At >= from; i--) count += _times[i].Count;
        return count;
    }
}
