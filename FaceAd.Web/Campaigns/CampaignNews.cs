using FaceAd.Web.Cluster;
using FaceAd.Web.Hosting;

namespace FaceAd.Web.Campaigns;

/// <summary>
/// Tells open pages that a campaign, its creatives, or what people write about them have changed, on whichever node: the database tells
/// (<see cref="NewsTriggers"/>).
/// </summary>
sealed class CampaignNews : IDisposable
{
    private readonly Subscribers<NewsHeard> _changed;
    private readonly IDisposable _hearing;

    /// <summary>Subscribes to its source.</summary>
    public CampaignNews(NewsListener news, ILogger<CampaignNews> log)
    {
        _changed = new("campaigns", log);
        _hearing = news.Heard.Add(heard =>
        {
            if (heard.Bookings) _changed.Tell(heard);
        });
    }

    /// <summary>Subscribes until disposed. The callback runs on the thread that heard of the change and must return immediately.</summary>
    /// <param name="changed">Called after each change.</param>
    public IDisposable Subscribe(Action changed) => _changed.Add(_ => changed());

    /// <summary>Subscribes to one campaign until disposed; see the other overload.</summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="changed">Called after each change of it.</param>
    public IDisposable Subscribe(Guid campaign, Action changed) => _changed.Add(heard =>
    {
        if (heard.IsOfBooking(campaign)) changed();
    });

    public void Dispose() => _hearing.Dispose();
}
