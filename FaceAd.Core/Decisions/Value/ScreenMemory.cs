using System.Buffers.Binary;
using FaceAd.Core.Decisions.Gates;

namespace FaceAd.Core.Decisions.Value;

/// <summary>What a screen has shown, as far as decisions ask for it. One decision at a time; kept up by its owner.</summary>
/// <param name="screenId">The screen.</param>
public sealed class ScreenMemory(Guid screenId)
{
    // What could not be served, since a child was in view, say, is made up for no further: else it would fill the screen afterwards.
    private const double MostPlaysOwed = 2;

    private readonly Dictionary<Guid, double> _credits = [];

    /// <summary>When the screen showed which category last.</summary>
    public CategoryTrail Categories { get; } = new();

    /// <summary>Creatives in its cache; null when that is not known, and all are taken to be.</summary>
    public IReadOnlySet<Guid>? Cached { get; set; }

    /// <summary>Creatives that fail on this screen; null for none.</summary>
    public IReadOnlySet<Guid>? LeftOut { get; set; }

    /// <summary>Seconds that a campaign's share of voice is behind on this screen; negative when it is ahead.</summary>
    /// <param name="campaign">The campaign.</param>
    public double CreditOf(Guid campaign) => _credits.GetValueOrDefault(campaign);

    /// <summary>Takes note of what is shown. Each share of voice that is on air here grows by the time that it takes.</summary>
    /// <param name="table">The campaigns.</param>
    /// <param name="cabin">Where.</param>
    /// <param name="number">Number of the campaign; null for the house loop.</param>
    /// <param name="seconds">Running time.</param>
    /// <param name="now">When it begins.</param>
    public void Show(CampaignTable table, in Cabin cabin, int? number, double seconds, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(table);
        var shown = number is { } known ? table[known] : null;
        Categories.Add(shown?.Terms.Separation.Category ?? 0, now.AddSeconds(seconds));
        if (table.Voices.Count == 0) return;
        var air = new OnAir(table, cabin.SiteId, cabin.Calendar.ClockAt(now));
        for (var i = 0; i < table.Voices.Count; i++)
        {
            var voice = table.Voices[i];
            if (!air.Has(voice)) continue;
            var campaign = table[voice];
            var credit = CreditOf(campaign.Campaign.Id) + (campaign.Terms.ShareOfVoice * seconds) - (voice == number ? seconds : 0);
            _credits[campaign.Campaign.Id] = Math.Min(credit, MostPlaysOwed * LengthOf(campaign));
        }
    }

    /// <summary>Seconds from which on a share of voice is a play behind, if it is not shown; null while it is ahead of its share.</summary>
    internal double? DeadlineOf(BookedCampaign campaign)
    {
        var (credit, length, share) = (CreditOf(campaign.Campaign.Id), LengthOf(campaign), campaign.Terms.ShareOfVoice);
        return credit + (share * length) > 1e-9 ? (length - credit) / share : null;
    }

    /// <summary>Whether a creative can be shown.</summary>
    internal bool Has(Guid creative) => Cached?.Contains(creative) != false && LeftOut?.Contains(creative) != true;

    /// <summary>Decides between campaigns that are worth the same, so that screens which decide at once do not all take one.</summary>
    internal uint Lot(Guid campaign)
    {
        Span<byte> bytes = stackalloc byte[32];
        screenId.TryWriteBytes(bytes);
        campaign.TryWriteBytes(bytes[16..]);
        var hash = 2_166_136_261u;
        for (var i = 0; i < bytes.Length; i += 4) hash = (hash ^ BinaryPrimitives.ReadUInt32LittleEndian(bytes[i..])) * 0x9E37_79B1;
        return hash ^ (hash >> 15);
    }

    private static double LengthOf(BookedCampaign campaign) => campaign.Campaign.Creatives[0].Seconds;
}
