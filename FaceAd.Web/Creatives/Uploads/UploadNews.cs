using FaceAd.Web.Hosting;

namespace FaceAd.Web.Creatives.Uploads;

/// <summary>Tells open pages of this node that an upload has moved. Other nodes' are found by asking again every two seconds.</summary>
sealed class UploadNews(ILogger<UploadNews> log)
{
    private readonly Subscribers<(Guid? Campaign, Guid Upload)> _moved = new("uploads", log);

    /// <summary>Listens until disposed. The callback runs on the worker's thread: it must return at once.</summary>
    /// <param name="moved">Called with the campaign, null for the house loop, and the upload.</param>
    public IDisposable Subscribe(Action<Guid?, Guid> moved) => _moved.Add(news => moved(news.Campaign, news.Upload));

    internal void Tell(Guid? campaign, Guid upload) => _moved.Tell((campaign, upload));
}
