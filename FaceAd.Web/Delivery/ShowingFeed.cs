using FaceAd.Web.Cluster;
using FaceAd.Web.Metrics;

namespace FaceAd.Web.Delivery;

/// <summary>Why campaigns are or are not showing, for open pages: answered once for all that look at the same campaign.</summary>
public sealed class ShowingFeed : IDisposable
{
    private const int AtOnce = 2;
    private static readonly TimeSpan AtMostEvery = TimeSpan.FromSeconds(3);
    private readonly LiveFeed<Guid, ShowingStatus> _feed;
    private readonly IDisposable _listening;

    /// <summary>Starts listening.</summary>
    public ShowingFeed(ShowingReader reader, NewsListener news, TimeProvider time, LiveFeedMeter meter, ILogger<ShowingFeed> log)
    {
        _feed = new("showing", (campaign, _) => reader.WhyAsync(campaign), AtOnce, time, meter, log);
        _listening = news.Heard.Add(OnHeard);
    }

    /// <summary>Calls back with every new answer, on a pool thread; at once when a fresh one is known. Dispose to end.</summary>
    /// <param name="campaignId">The campaign.</param>
    /// <param name="changed">Takes it.</param>
    public IDisposable Subscribe(Guid campaignId, Action<ShowingStatus> changed) => _feed.Subscribe(campaignId, changed, AtMostEvery);

    /// <inheritdoc/>
    public void Dispose()
    {
        _listening.Dispose();
        _feed.Dispose();
    }

    // Screens come and go without news: every few seconds anything may have changed.
    private void OnHeard(NewsHeard heard)
    {
        if (heard.Everything) _feed.Sweep();
        _feed.Mark(campaign => heard.Everything || heard.Campaigns.Contains(campaign));
    }
}
