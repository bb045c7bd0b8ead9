using FaceAd.Core.Decisions;
using FaceAd.Web.Cluster;
using FaceAd.Web.Decisions;

namespace FaceAd.Web.Metrics;

/// <summary>
/// Pushes changed figures to open pages, wherever the change happened: at most once a second, with one computation per distinct
/// <see cref="MetricsQuery"/>, however many pages show it. The <see cref="NewsListener"/> reports what changed; every five seconds
/// everything counts as changed, because costs change with time.
/// </summary>
sealed class MetricsFeed : IDisposable
{
    private const int AtOnce = 4;
    private const int PartsAtOnce = 2;
    private readonly LiveFeed<MetricsQuery, CampaignMetrics> _feed;
    private readonly LiveFeed<(MetricsQuery Query, MetricsDimension Dimension), IReadOnlyList<MetricsPart>> _parts;
    private readonly IDisposable _listening;
    private readonly SnapshotReader _campaigns;

    /// <summary>Subscribes to its sources.</summary>
    public MetricsFeed(
        MetricsReader reader, MetricsBreakdown breakdown, NewsListener news, SnapshotReader campaigns, TimeProvider time,
        LiveFeedMeter meter, ILogger<MetricsFeed> log)
    {
        _feed = new("metrics", (query, cancellation) => reader.ReadAsync(query, cancellation), AtOnce, time, meter, log);
        _parts = new("parts", (asked, cancellation) =>
            breakdown.ReadAsync(asked.Query, asked.Dimension, cancellation), PartsAtOnce, time, meter, log);
        _campaigns = campaigns;
        _listening = news.Heard.Add(OnHeard);
    }

    /// <summary>
    /// Subscribes to new figures: on a pool thread, one call at a time, the first immediately if fresh ones are cached. Dispose to
    /// unsubscribe.
    /// </summary>
    /// <param name="query">Which figures.</param>
    /// <param name="changed">Receives them.</param>
    /// <param name="atMostEvery">Minimum interval for this page; a second when null.</param>
    public IDisposable Subscribe(MetricsQuery query, Action<CampaignMetrics> changed, TimeSpan? atMostEvery = null) =>
        _feed.Subscribe(query, changed, atMostEvery);

    /// <summary>Figures at most a second old, or unchanged since; computed once for all concurrent callers.</summary>
    /// <param name="query">Which figures.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="KeyNotFoundException">There is no such campaign.</exception>
    public Task<CampaignMetrics> ReadAsync(MetricsQuery query, CancellationToken cancellation = default) =>
        _feed.ReadAsync(query, cancellation);

    /// <summary>A campaign's parts, at most a second old; read once for all callers with the same query.</summary>
    /// <param name="query">The campaign, and the part and days of it.</param>
    /// <param name="dimension">The dimension.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="KeyNotFoundException">There is no such campaign.</exception>
    public Task<IReadOnlyList<MetricsPart>> ReadPartsAsync(
        MetricsQuery query, MetricsDimension dimension, CancellationToken cancellation = default) =>
        _parts.ReadAsync((query, dimension), cancellation);

    public void Dispose()
    {
        _listening.Dispose();
        _feed.Dispose();
        _parts.Dispose();
    }

    private void OnHeard(NewsHeard heard)
    {
        if (heard.Everything)
        {
            _feed.Sweep();
            _parts.Sweep();
            _feed.Mark(_ => true);
            return;
        }
        _feed.Mark(query => heard.Campaigns.Contains(query.CampaignId) || MayRunAt(query.CampaignId, heard.Sites));
    }

    // A new person at a site changes the universe of every campaign there. Ended campaigns are in no snapshot, so they are recomputed to be
    // safe.
    private bool MayRunAt(Guid campaign, IReadOnlyCollection<Guid> sites) =>
        sites.Count > 0 && (_campaigns.Find(campaign) is not { } known || sites.Any(site => Targeting.RunsAt(known.SiteIds, site)));
}
