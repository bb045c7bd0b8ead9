namespace FaceAd.Web.Creatives;

/// <summary>Tells open pages of this node that an upload has moved. Other nodes' are found by asking again every two seconds.</summary>
public sealed class UploadNews
{
    private event Action<Guid?, Guid>? Moved;

    /// <summary>Listens until disposed. The callback runs on the worker's thread: it must return at once.</summary>
    /// <param name="moved">Called with the campaign, null for the house loop, and the upload.</param>
    public IDisposable Subscribe(Action<Guid?, Guid> moved)
    {
        Moved += moved;
        return new Subscription(() => Moved -= moved);
    }

    internal void Tell(Guid? campaign, Guid upload) => Moved?.Invoke(campaign, upload);

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
