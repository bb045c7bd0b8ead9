using FaceAd.Web.Cluster;

namespace FaceAd.Web.Metrics;

/// <summary>The media owner's overview for open pages: read once for all of them after a change, at most every three seconds.</summary>
sealed class OverviewFeed : IDisposable
{
    private static readonly TimeSpan AtMostEvery = TimeSpan.FromSeconds(3);
    private readonly LiveFeed<string, Overview> _feed;
    private readonly IDisposable _listening;

    /// <summary>Subscribes to its sources.</summary>
    public OverviewFeed(OverviewReader reader, NewsListener news, TimeProvider time, LiveFeedMeter meter, ILogger<OverviewFeed> log)
    {
        _feed = new("overview", (_, cancellation) => reader.ReadAsync(cancellation), 1, time, meter, log);
        _listening = news.Heard.Add(OnHeard);
    }

    /// <summary>
    /// Subscribes to new overviews, on a pool thread; the first immediately if a fresh one is cached. Dispose to unsubscribe.
    /// </summary>
    /// <param name="changed">Receives them.</param>
    public IDisposable Subscribe(Action<Overview> changed) => _feed.Subscribe("", changed, AtMostEvery);

    /// <summary>The overview, at most a second old or unchanged since; computed once for all concurrent callers.</summary>
    public Task<Overview> ReadAsync(CancellationToken cancellation = default) => _feed.ReadAsync("", cancellation);

    public void Dispose()
    {
        _listening.Dispose();
        _feed.Dispose();
    }

    private void OnHeard(NewsHeard heard) => _feed.Mark(_ => true);
}
