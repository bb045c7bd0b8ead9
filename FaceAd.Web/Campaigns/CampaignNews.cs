using FaceAd.Web.Data;

namespace FaceAd.Web.Campaigns;

/// <summary>Tells open pages that a campaign or its creatives have changed.</summary>
sealed class CampaignNews(ILogger<CampaignNews> log)
{
    private readonly Subscribers<ValueTuple> _changed = new("campaigns", log);

    /// <summary>Subscribes until disposed. The callback runs on the thread that made the change and must return immediately.</summary>
    /// <param name="changed">Called after each change.</param>
    public IDisposable Subscribe(Action changed) => _changed.Add(_ => changed());

    internal void Tell() => _changed.Tell(default);
}
