namespace FaceAd.Web.Campaigns;

/// <summary>Tells open pages that a campaign or its creatives have changed.</summary>
public sealed class CampaignNews
{
    private event Action? Changed;

    /// <summary>Subscribes until disposed. The callback runs on the thread that made the change and must return immediately.</summary>
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
