using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Core.Decisions.Pacing;
using FaceAd.Core.Decisions.Value;
using FaceAd.Web.Hosting;

namespace FaceAd.Web.Decisions;

/// <summary>
/// Keeps the <see cref="PacingBook"/>: its campaigns from each snapshot, their plans by the clock, and the expected supply by the day.
/// </summary>
sealed class PacingKeeper : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly SupplyReader _supplies;
    private readonly SiteCalendar _calendar;
    private readonly TimeProvider _time;
    private readonly ILogger<PacingKeeper> _log;
    private Bookings _bookings = new(Supply.Unknown);
    private Dictionary<Guid, SnapshotCampaign> _taken = []; // guarded by _lock, like all below
    private HashSet<Guid> _sites = [];
    private (DateOnly Day, HashSet<Guid> Sites) _supplyOf;

    public PacingKeeper(SupplyReader supplies, IConfiguration configuration, TimeProvider time, ILogger<PacingKeeper> log)
    {
        (_supplies, _time, _log, _supplyOf) = (supplies, time, log, (default, []));
        _calendar = new SiteCalendar(PagesZone.Of(configuration).Id, SiteCalendar.DefaultAnchor);
        Book = new PacingBook(_calendar, new CampaignTable([]));
    }

    /// <summary>What campaigns have had, what is under way for them, and what they bid.</summary>
    public PacingBook Book { get; }

    /// <summary>Whether a campaign is ahead of its plan, or its goal is reached, so that it bids nothing.</summary>
    public bool IsResting(Guid campaign) => Book.Table.NumberOf(campaign) is { } number && Book.BidOf(number) <= 0;

    /// <summary>Takes a snapshot in.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="settled">From <see cref="PacingBook.BeginCount"/> before its rows were read.</param>
    public void Take(DecisionSnapshot snapshot, int settled)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        lock (_lock)
        {
            if (HasNews(snapshot.Campaigns)) Take(snapshot.Campaigns);
            Book.Count(snapshot.Campaigns, settled);
        }
    }

    /// <summary>Reads the expected supply, if it is another day or a campaign names a site that was not read.</summary>
    internal async Task ReadSupplyAsync(CancellationToken cancellation)
    {
        var today = _calendar.DayOf(_time.GetUtcNow());
        HashSet<Guid> sites;
        lock (_lock)
        {
            if (_supplyOf.Day == today && _sites.IsSubsetOf(_supplyOf.Sites)) return;
            sites = _sites;
        }
        var supply = await _supplies.ReadAsync(sites, today, cancellation);
        lock (_lock)
        {
            (_bookings, _supplyOf) = (new Bookings(supply), (today, sites));
            Book.Take(_bookings.TableOf([.. _taken.Values]), _time.GetUtcNow());
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, _time);
        do
        {
            Book.Refresh(_time.GetUtcNow());
            try
            {
                await ReadSupplyAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                _log.LogWarning("The expected supply could not be read ({Reason}); plans go on by the last known one", exception.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private void Take(IReadOnlyList<SnapshotCampaign> campaigns)
    {
        _taken = campaigns.ToDictionary(c => c.Id);
        _sites = [.. campaigns.SelectMany(c => c.SiteIds)];
        Book.Take(_bookings.TableOf(campaigns, Book.Table), _time.GetUtcNow());
    }

    // Sums change each second; they need no new table.
    private bool HasNews(IReadOnlyList<SnapshotCampaign> campaigns)
    {
        if (campaigns.Count != _taken.Count) return true;
        foreach (var campaign in campaigns)
        {
            if (!_taken.TryGetValue(campaign.Id, out var before)
                || (!ReferenceEquals(before, campaign) && !SnapshotDifference.HasSameTerms(before, campaign))) return true;
        }
        return false;
    }
}
