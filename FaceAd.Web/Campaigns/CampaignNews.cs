namespace FaceAd.Web.Campaigns;

/// <summary>Tells open pages that a campaign or its films have changed.</summary>
public sealed class CampaignNews
{
    private event Action? Changed;

    /// <summary>Listens until disposed. The callback runs on the thread of whoever made the change: it must return at once.</summary>
    /// <param name="changed">Called after each change.</param>
    public IDisposable Subscribe(Action changed)
    {
        Changed += changed;
        return new Subscription(() => Changed -= changed);
    }

    internal void Tell() => Changed?.Invoke();

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
