using System.Collections.Concurrent;
using FaceAd.Web.Audiences;
using FaceAd.Web.Exposures;
using FaceAd.Web.Plays;

namespace FaceAd.Web.Metrics;

/// <summary>
/// Tells open pages when a campaign's metrics have moved: at most once a second, by one computation per campaign that
/// is looked at, however many look.
/// </summary>
public sealed class MetricsFeed : BackgroundService
{
    private static readonly TimeSpan Throttle = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CostMoves = TimeSpan.FromSeconds(15);
    private readonly ConcurrentDictionary<Guid, Topic> _topics = new();
    private readonly MetricsReader _reader;
    private readonly AudienceIntake _audiences;
    private readonly PlayIntake _plays;
    private readonly ExposureWorker _exposures;
    private readonly TimeProvider _time;
    private readonly ILogger<MetricsFeed> _log;

    internal MetricsFeed(
        MetricsReader reader, AudienceIntake audiences, PlayIntake plays, ExposureWorker exposures, TimeProvider time, ILogger<MetricsFeed> log) =>
        (_reader, _audiences, _plays, _exposures, _time, _log) = (reader, audiences, plays, exposures, time, log);

    /// <summary>Calls back with new figures of a campaign, on a pool thread. Subscribe first, then read; dispose to end.</summary>
    /// <param name="campaignId">The campaign.</param>
    /// <param name="changed">Called with the figures, at most once a second.</param>
    public IDisposable Subscribe(Guid campaignId, Action<CampaignMetrics> changed)
    {
        while (true)
        {
            var topic = _topics.GetOrAdd(campaignId, _ => new Topic());
            lock (topic)
            {
                if (topic.Retired) continue;
                topic.Subscribers.Add(changed);
                return new Subscription(this, campaignId, topic, changed);
            }
        }
    }

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        // A new person at a site moves the universe of every campaign there.
        _audiences.Committed += MarkAll;
        _plays.Committed += OnPlays;
        _exposures.Committed += Mark;
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override Task StopAsync(CancellationToken cancellationToken)
    {
        _audiences.Committed -= MarkAll;
        _plays.Committed -= OnPlays;
        _exposures.Committed -= Mark;
        return base.StopAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Throttle, _time);
        var costAt = _time.GetUtcNow() + CostMoves;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (_time.GetUtcNow() >= costAt)
            {
                MarkAll([]);
                costAt = _time.GetUtcNow() + CostMoves;
            }
            await RunCycleAsync(stoppingToken);
        }
    }

    internal async Task RunCycleAsync(CancellationToken cancellation)
    {
        foreach (var (id, topic) in _topics)
        {
            if (Interlocked.Exchange(ref topic.Dirty, 0) == 0) continue;
            try
            {
                var metrics = await _reader.ReadAsync(id, cancellation);
                Action<CampaignMetrics>[] subscribers;
                lock (topic) subscribers = [.. topic.Subscribers];
                foreach (var subscriber in subscribers) subscriber(metrics);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                Volatile.Write(ref topic.Dirty, 1);
                _log.LogWarning(exception, "Metrics of campaign {CampaignId} could not be sent to open pages; trying again", id);
            }
        }
    }

    private void OnPlays(IReadOnlyList<Play> plays) => Mark([.. plays.Where(p => p.CampaignId is not null).Select(p => p.CampaignId!.Value)]);

    private void Mark(IReadOnlyCollection<Guid> campaigns)
    {
        foreach (var id in campaigns)
        {
            if (_topics.TryGetValue(id, out var topic)) Volatile.Write(ref topic.Dirty, 1);
        }
    }

    private void MarkAll(IReadOnlyCollection<Guid> screens)
    {
        foreach (var topic in _topics.Values) Volatile.Write(ref topic.Dirty, 1);
    }

    private void Unsubscribe(Guid campaignId, Topic topic, Action<CampaignMetrics> changed)
    {
        lock (topic)
        {
            topic.Subscribers.Remove(changed);
            if (topic.Subscribers.Count > 0) return;
            topic.Retired = true;
            _topics.TryRemove(campaignId, out _);
        }
    }

    // Guarded by itself, but for Dirty.
    private sealed class Topic
    {
        public int Dirty = 1;
        public bool Retired;
        public readonly List<Action<CampaignMetrics>> Subscribers = [];
    }

    private sealed class Subscription(MetricsFeed feed, Guid campaignId, Topic topic, Action<CampaignMetrics> changed) : IDisposable
    {
        private MetricsFeed? _feed = feed;

        public void Dispose() => Interlocked.Exchange(ref _feed, null)?.Unsubscribe(campaignId, topic, changed);
    }
}
