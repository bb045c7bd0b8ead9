using FaceAd.Web.Data;

namespace FaceAd.Web.Metrics;

/// <summary>The media owner's overview for open pages: read once for all of them when something has moved, at most every three seconds.</summary>
public sealed class OverviewFeed : IDisposable
{
    private static readonly TimeSpan AtMostEvery = TimeSpan.FromSeconds(3);
    private readonly LiveFeed<string, Overview> _feed;
    private readonly NewsListener _news;

    /// <summary>Starts listening.</summary>
    public OverviewFeed(OverviewReader reader, NewsListener news, TimeProvider time, LiveFeedMeter meter, ILogger<OverviewFeed> log)
    {
        _feed = new("overview", (_, cancellation) => reader.ReadAsync(cancellation), 1, time, meter, log);
        _news = news;
        _news.Heard += OnHeard;
    }

    /// <summary>Calls back with every new overview, on a pool thread; at once when a fresh one is known. Dispose to end.</summary>
    /// <param name="changed">Takes it.</param>
    public IDisposable Subscribe(Action<Overview> changed) => _feed.Subscribe("", changed, AtMostEvery);

    /// <summary>The overview, a second old at most, or not moved since; computed once for all who ask at the same time.</summary>
    /// <param name="cancellation">Cancels the operation.</param>
    public Task<Overview> ReadAsync(CancellationToken cancellation = default) => _feed.ReadAsync("", cancellation);

    /// <inheritdoc/>
    public void Dispose()
    {
        _news.Heard -= OnHeard;
        _feed.Dispose();
    }

    private void OnHeard(NewsHeard heard) => _feed.Mark(_ => true);
}
