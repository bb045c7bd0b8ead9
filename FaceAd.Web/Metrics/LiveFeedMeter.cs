using System.Diagnostics.Metrics;

namespace FaceAd.Web.Metrics;

/// <summary>Counts what is computed for open pages, under the meter <c>FaceAd.Feeds</c>.</summary>
public sealed class LiveFeedMeter
{
    /// <summary>Name of the counter; its tag <c>feed</c> says of what.</summary>
    public const string Computations = "facead.feeds.computations";

    private readonly Counter<long> _computations;

    /// <summary>Makes the counter.</summary>
    /// <param name="factory">Where meters come from.</param>
    public LiveFeedMeter(IMeterFactory factory) => _computations = factory.Create("FaceAd.Feeds").CreateCounter<long>(Computations);

    /// <summary>An answer is computed.</summary>
    /// <param name="feed">Of what.</param>
    public void Computed(string feed) => _computations.Add(1, new KeyValuePair<string, object?>("feed", feed));
}
