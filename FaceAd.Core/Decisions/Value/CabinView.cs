using System.Numerics;
using FaceAd.Core.Decisions.Gates;

namespace FaceAd.Core.Decisions.Value;

/// <summary>Who is in view, worked out once for a decision. Its memory is used again for the next one.</summary>
internal sealed class CabinView
{
    private const double Confident = 0.6; // a person's segment is fixed from here on: docs/metrics.md, "Segment"
    private const int Kinds = 6;

    private readonly double[] _byMask = new double[1 << Kinds];
    private double[] _weights = new double[4 * Kinds];
    private SeenAds?[] _seen = new SeenAds?[4];
    private CampaignExposures[] _exposures = new CampaignExposures[4]; // of each rider, to the campaign that was asked for last
    private int _count;
    private (SiteCalendar? Calendar, DateOnly Day) _windowsOf;
    private CapWindows _windows;

    /// <summary>What each rider has seen; null for who is not recognised.</summary>
    public ReadOnlySpan<SeenAds?> Seen => _seen.AsSpan(0, _count);

    /// <summary>Whether a child is likely in view.</summary>
    public bool IsChildLikely { get; private set; }

    /// <summary>Whether somebody's segment is known well enough.</summary>
    public bool IsConfident { get; private set; }

    /// <summary>The instant on the site's clock.</summary>
    public DateTime Clock { get; private set; }

    /// <summary>Looks at a cabin.</summary>
    public void Look(in Cabin cabin, DateTimeOffset now)
    {
        var riders = cabin.Riders;
        (_count, Clock, IsConfident) = (riders.Count, cabin.Calendar.ClockAt(now), false);
        IsChildLikely = ChildSafety.IsChildLikely(riders);
        var today = (cabin.Calendar, DateOnly.FromDateTime(Clock));
        _windows = today == _windowsOf ? _windows with { Now = now } : CapWindows.At(cabin.Calendar, now);
        _windowsOf = today;
        if (_seen.Length < _count) Grow();
        Span<double> sums = stackalloc double[Kinds];
        sums.Clear();
        for (var i = 0; i < _count; i++)
        {
            var rider = riders[i];
            _seen[i] = rider.Person?.Seen;
            for (var kind = 0; kind < Kinds; kind++)
            {
                var probability = Probability(rider, (Segment)(kind + 1));
                if (probability >= Confident) IsConfident = true;
                _weights[(i * Kinds) + kind] = rider.Stays * probability;
                sums[kind] += rider.Stays * probability;
            }
        }
        for (var mask = 1; mask < _byMask.Length; mask++)
            _byMask[mask] = _byMask[mask & (mask - 1)] + sums[BitOperations.TrailingZeroCount(mask)];
    }

    /// <summary>
    /// Expected impressions on some segments, whatever the riders have seen: no fewer than <see cref="Expected"/>. 0 when they are so few
    /// that an ad for these segments is not for who is in view.
    /// </summary>
    public double AtMost(byte mask) => _byMask[mask] >= ValueDecider.LeastAudience ? _byMask[mask] : 0;

    /// <summary>Expected impressions on a campaign's target, and how many first ones they are worth.</summary>
    public (double Count, double Worth) Expected(BookedCampaign campaign, byte mask)
    {
        if (campaign.Terms.Caps.Count == 0 && !campaign.Terms.Worth.Depends) return (_byMask[mask], _byMask[mask]);
        var (count, worth) = (0.0, 0.0);
        for (var i = 0; i < _count; i++)
        {
            var weight = 0.0;
            for (var kind = 0; kind < Kinds; kind++)
            {
                if (((mask >> kind) & 1) != 0) weight += _weights[(i * Kinds) + kind];
            }
            count += weight; // who is in view is exposed and paid for, worth it or not
            _exposures[i] = new CampaignExposures(_seen[i], campaign.Campaign.Id);
            if (IsSkipped(campaign, _exposures[i])) continue;
            worth += campaign.Terms.Worth.Depends ? weight * campaign.Terms.Worth.Of(_exposures[i].CountSince(_windows.Epoch)) : weight;
        }
        return (count, worth);
    }

    /// <summary>
    /// Whether somebody in view has seen a campaign as often as allowed, and keeps it off the screen. To be asked after
    /// <see cref="Expected"/> of the same campaign.
    /// </summary>
    public bool IsCapped(BookedCampaign campaign)
    {
        for (var cap = 0; cap < campaign.Terms.Caps.Count; cap++)
        {
            for (var i = 0; i < _count; i++)
            {
                if (campaign.Terms.Caps[cap].Excludes(_exposures[i], _windows)) return true;
            }
        }
        return false;
    }

    private bool IsSkipped(BookedCampaign campaign, in CampaignExposures exposures)
    {
        for (var cap = 0; cap < campaign.Terms.Caps.Count; cap++)
        {
            if (campaign.Terms.Caps[cap].Skips(exposures, _windows)) return true;
        }
        return false;
    }

    private void Grow()
    {
        _seen = new SeenAds?[_count * 2];
        _exposures = new CampaignExposures[_count * 2];
        _weights = new double[_count * 2 * Kinds];
    }

    private static double Probability(in Rider rider, Segment segment) =>
        rider.Person is { Segment: not Segment.Unknown } person ? (person.Segment == segment ? 1 : 0)
        : rider.Presence.Segments is { } probabilities ? probabilities[segment] : 0;
}
