namespace FaceAd.Web.Creatives;

/// <summary>
/// Tells open pages on this node that an upload has changed. Changes on other nodes are found by polling every two seconds.
/// </summary>
public sealed class UploadNews
{
    private event Action<Guid?, Guid>? Moved;

    /// <summary>Subscribes until disposed. The callback runs on the worker's thread and must return immediately.</summary>
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
