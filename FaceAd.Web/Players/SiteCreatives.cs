using FaceAd.Core;
using FaceAd.Core.Decisions;

namespace FaceAd.Web.Players;

/// <summary>
/// The creatives that the screens of each site hold ready: the house loop, and those of every campaign that may run there within two days.
/// It follows the snapshots by what has changed in them, since campaigns times sites is too much to go through for one of them. Not
/// thread-safe.
/// </summary>
sealed class SiteCreatives
{
    private readonly Dictionary<Guid, Booking> _bookings = []; // by campaign
    private readonly List<Booking> _everywhere = [];
    private readonly Dictionary<Guid, List<Booking>> _ofSite = [];
    private readonly Dictionary<Guid, IReadOnlyList<CreativeFile>> _composed = []; // by site, as far as it was asked for
    private IReadOnlyList<CreativeFile>? _elsewhere; // at sites without a campaign of their own
    private DecisionSnapshot _snapshot = DecisionSnapshot.Empty;

    /// <summary>The house loop.</summary>
    public IReadOnlyList<CreativeFile> HouseLoop { get; private set; } = [];

    /// <summary>Those of a site: the same object until they change.</summary>
    public IReadOnlyList<CreativeFile> Of(Guid siteId)
    {
        if (!_ofSite.TryGetValue(siteId, out var own)) return _elsewhere ??= Compose(_everywhere);
        if (!_composed.TryGetValue(siteId, out var files)) _composed[siteId] = files = Compose(_everywhere.Concat(own).OrderBy(b => b.Id));
        return files;
    }

    /// <summary>Follows a snapshot.</summary>
    /// <param name="snapshot">The snapshot; a campaign that has not changed is the same object as before, or an equal one.</param>
    /// <returns>The sites whose creatives have changed; null for all.</returns>
    public IReadOnlySet<Guid>? Follow(DecisionSnapshot snapshot)
    {
        var (before, now) = (_snapshot.Campaigns, snapshot.Campaigns);
        HashSet<Guid>? touched = [];
        if (!ReferenceEquals(_snapshot.HouseLoop, snapshot.HouseLoop) && Files(snapshot.HouseLoop) is var house
            && !house.SequenceEqual(HouseLoop))
            (HouseLoop, touched) = (house, null);
        _snapshot = snapshot;
        // Both are in order of their identities.
        for (var (i, j) = (0, 0); !ReferenceEquals(before, now) && (i < before.Count || j < now.Count);)
        {
            var order = i == before.Count ? 1 : j == now.Count ? -1 : before[i].Id.CompareTo(now[j].Id);
            var gone = order <= 0 ? before[i++] : null;
            var come = order >= 0 ? now[j++] : null;
            if (!ReferenceEquals(gone, come)) Replace((gone ?? come)!.Id, come, ref touched);
        }
        if (touched is null)
        {
            _composed.Clear();
            _elsewhere = null;
        }
        return touched;
    }

    private static CreativeFile[] Files(IReadOnlyList<SnapshotCreative> creatives) =>
        [.. creatives.Select(c => new CreativeFile(c.Id, c.Sha256, c.Bytes, c.Seconds, c.Name))];

    private IReadOnlyList<CreativeFile> Compose(IEnumerable<Booking> bookings) => [.. HouseLoop, .. bookings.SelectMany(b => b.Files)];

    private void Replace(Guid id, SnapshotCampaign? campaign, ref HashSet<Guid>? touched)
    {
        var come = campaign is null ? null : new Booking(id, campaign.SiteIds, Files(campaign.Creatives));
        if (_bookings.TryGetValue(id, out var gone))
        {
            if (come is not null && gone.SiteIds.SequenceEqual(come.SiteIds) && gone.Files.SequenceEqual(come.Files)) return;
            foreach (var list in ListsOf(gone, ref touched)) list.RemoveAt(list.BinarySearch(gone));
            foreach (var site in gone.SiteIds.Distinct().Where(s => _ofSite[s].Count == 0)) _ofSite.Remove(site);
            _bookings.Remove(id);
        }
        if (come is null) return;
        _bookings[id] = come;
        foreach (var list in ListsOf(come, ref touched)) list.Insert(~list.BinarySearch(come), come);
    }

    // What was composed of them is no longer right.
    private List<List<Booking>> ListsOf(Booking booking, ref HashSet<Guid>? touched)
    {
        if (booking.SiteIds.Count == 0)
        {
            touched = null;
            return [_everywhere];
        }
        List<List<Booking>> lists = [];
        foreach (var site in booking.SiteIds.Distinct())
        {
            if (!_ofSite.TryGetValue(site, out var list)) _ofSite[site] = list = [];
            _composed.Remove(site);
            touched?.Add(site);
            lists.Add(list);
        }
        return lists;
    }

    private sealed record Booking(Guid Id, IReadOnlyList<Guid> SiteIds, CreativeFile[] Files) : IComparable<Booking>
    {
        public int CompareTo(Booking? other) => Id.CompareTo(other!.Id);
    }
}
