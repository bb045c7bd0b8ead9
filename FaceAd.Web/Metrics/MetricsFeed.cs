using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using FaceAd.Web.Decisions;

namespace FaceAd.Web.Metrics;

/// <summary>
/// Hands figures to open pages when they have moved, on whichever node: at most once a second, by one computation for each
/// <see cref="MetricsQuery"/> that is looked at, however many look. What moved it learns from the <see cref="NewsListener"/>, and every five
/// seconds takes everything as moved, as money does with time.
/// </summary>
public sealed class MetricsFeed : IDisposable
{
    private const int AtOnce = 4;
    private const int PartsAtOnce = 2;
    private readonly LiveFeed<MetricsQuery, CampaignMetrics> _feed;
    private readonly LiveFeed<(MetricsQuery Query, MetricsDimension Dimension), IReadOnlyList<MetricsPart>> _parts;
    private readonly NewsListener _news;
    private readonly SnapshotReader _campaigns;

    /// <summary>Starts listening.</summary>
    public MetricsFeed(
        MetricsReader reader, MetricsBreakdown breakdown, NewsListener news, SnapshotReader campaigns, TimeProvider time, LiveFeedMeter meter, ILogger<MetricsFeed> log)
    {
        _feed = new("metrics", (query, cancellation) => reader.ReadAsync(query, cancellation), AtOnce, time, meter, log);
        _parts = new("parts", (asked, cancellation) => breakdown.ReadAsync(asked.Query, asked.Dimension, cancellation), PartsAtOnce, time, meter, log);
        (_news, _campaigns) = (news, campaigns);
        _news.Heard += OnHeard;
    }

    /// <summary>
    /// Calls back with new figures, on a pool thread, one call at a time; at once when fresh ones are known. Dispose to end.
    /// </summary>
    /// <param name="query">Which figures.</param>
    /// <param name="changed">Takes them.</param>
    /// <param name="atMostEvery">How often this page wants them at most; every second when null.</param>
    public IDisposable Subscribe(MetricsQuery query, Action<CampaignMetrics> changed, TimeSpan? atMostEvery = null) =>
        _feed.Subscribe(query, changed, atMostEvery);

    /// <summary>Figures that are a second old at most, or have not moved since; computed once for all who ask at the same time.</summary>
    /// <param name="query">Which figures.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="KeyNotFoundException">There is no such campaign.</exception>
    public Task<CampaignMetrics> ReadAsync(MetricsQuery query, CancellationToken cancellation = default) => _feed.ReadAsync(query, cancellation);

    /// <summary>A campaign's parts, a second old at most; read once for all who ask for the same.</summary>
    /// <param name="query">The campaign, and which part and days of it.</param>
    /// <param name="dimension">By what.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="KeyNotFoundException">There is no such campaign.</exception>
    public Task<IReadOnlyList<MetricsPart>> ReadPartsAsync(MetricsQuery query, MetricsDimension dimension, CancellationToken cancellation = default) =>
        _parts.ReadAsync((query, dimension), cancellation);

    /// <inheritdoc/>
    public void Dispose()
    {
        _news.Heard -= OnHeard;
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
        // A new person at a site moves the universe of every campaign there. Campaigns that are over are in no snapshot: better once too often.
        var elsewhere = heard.Sites.Count == 0 ? [] : _campaigns.Current.Campaigns
            .Where(c => !heard.Sites.Any(site => Targeting.RunsAt(c.SiteIds, site))).Select(c => c.Id).ToHashSet();
        _feed.Mark(query => heard.Campaigns.Contains(query.CampaignId) || (heard.Sites.Count > 0 && !elsewhere.Contains(query.CampaignId)));
    }
}
