using FaceAd.Web.Cluster;
using FaceAd.Web.Metrics;

namespace FaceAd.Web.Delivery;

/// <summary>Delivery status of campaigns for open pages: computed once for all pages that show the same campaign.</summary>
sealed class DeliveryStatusFeed : IDisposable
{
    private const int AtOnce = 2;
    private static readonly TimeSpan AtMostEvery = TimeSpan.FromSeconds(3);
    private readonly LiveFeed<Guid, DeliveryStatus> _feed;
    private readonly IDisposable _listening;

    /// <summary>Subscribes to its sources.</summary>
    public DeliveryStatusFeed(
        DeliveryStatusReader reader, NewsListener news, TimeProvider time, LiveFeedMeter meter, ILogger<DeliveryStatusFeed> log)
    {
        _feed = new("showing", (campaign, _) => reader.WhyAsync(campaign), AtOnce, time, meter, log);
        _listening = news.Heard.Add(OnHeard);
    }

    /// <summary>
    /// Subscribes to new answers, on a pool thread; the first immediately if a fresh one is cached. Dispose to unsubscribe.
    /// </summary>
    /// <param name="campaignId">The campaign.</param>
    /// <param name="changed">Receives them.</param>
    public IDisposable Subscribe(Guid campaignId, Action<DeliveryStatus> changed) => _feed.Subscribe(campaignId, changed, AtMostEvery);

    public void Dispose()
    {
        _listening.Dispose();
        _feed.Dispose();
    }

    // Screens connect and disconnect without notifications, so every few seconds everything counts as changed.
    private void OnHeard(NewsHeard heard)
    {
        if (heard.Everything) _feed.Sweep();
        _feed.Mark(campaign => heard.Everything || heard.Campaigns.Contains(campaign));
    }
}
