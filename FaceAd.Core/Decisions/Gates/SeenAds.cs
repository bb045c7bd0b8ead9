namespace FaceAd.Core.Decisions.Gates;

/// <summary>
/// What one person has seen in an epoch. Filled with stored exposures and kept up with new ones by its owner, which lets nobody read
/// it meanwhile.
/// </summary>
public sealed class SeenAds
{
    private readonly Dictionary<Guid, Seen> _campaigns = [];

    /// <summary>When the person saw which category last.</summary>
    public CategoryTrail Categories { get; } = new();

    /// <summary>Takes note of exposures.</summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="creative">The creative.</param>
    /// <param name="category">The campaign's competitive category, from 1; 0 for none.</param>
    /// <param name="at">When the last of them ended.</param>
    /// <param name="count">How many.</param>
    public void Add(Guid campaign, Guid creative, int category, DateTimeOffset at, int count = 1)
    {
        if (!_campaigns.TryGetValue(campaign, out var seen)) _campaigns.Add(campaign, seen = new Seen([], []));
        var place = seen.Times.Count;
        while (place > 0 && seen.Times[place - 1].At > at) place--;
        seen.Times.Insert(place, (at, count));
        if (!seen.Creatives.Contains(creative)) seen.Creatives.Add(creative);
        Categories.Add(category, at);
    }

    /// <summary>Exposures to a campaign.</summary>
    /// <param name="campaign">The campaign.</param>
    internal List<(DateTimeOffset At, int Count)>? TimesOf(Guid campaign) => _campaigns.GetValueOrDefault(campaign)?.Times;

    /// <summary>Whether the person has seen a creative.</summary>
    /// <param name="campaign">Its campaign.</param>
    /// <param name="creative">The creative.</param>
    public bool Has(Guid campaign, Guid creative) => _campaigns.TryGetValue(campaign, out var seen) && seen.Creatives.Contains(creative);

    private sealed record Seen(List<(DateTimeOffset At, int Count)> Times, List<Guid> Creatives);
}
