using FaceAd.Web.Cluster;
using FaceAd.Web.Hosting;

namespace FaceAd.Web.Campaigns;

/// <summary>Tells open pages that a campaign, its creatives, or what people write about them have changed, on whichever node.</summary>
sealed class CampaignNews : IDisposable
{
    private readonly Subscribers<ValueTuple> _changed;
    private readonly IDisposable _hearing;

    /// <summary>Subscribes to its source.</summary>
    public CampaignNews(NewsListener news, ILogger<CampaignNews> log)
    {
        _changed = new("campaigns", log);
        _hearing = news.Heard.Add(heard =>
        {
            if (heard.Bookings) Tell();
        });
    }

    /// <summary>
    /// Subscribes until disposed. The callback runs on the thread that made or heard of the change and must return immediately.
    /// </summary>
    /// <param name="changed">Called after each change; for one on this node perhaps twice: at once, and when it is heard.</param>
    public IDisposable Subscribe(Action changed) => _changed.Add(_ => changed());

    public void Dispose() => _hearing.Dispose();

    internal void Tell() => _changed.Tell(default);
}
