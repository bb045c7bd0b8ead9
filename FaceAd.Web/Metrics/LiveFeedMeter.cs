using System.Diagnostics.Metrics;

namespace FaceAd.Web.Metrics;

/// <summary>Counts computations for open pages, under the meter <c>FaceAd.Feeds</c>.</summary>
sealed class LiveFeedMeter
{
    /// <summary>Name of the counter; its tag <c>feed</c> names the feed.</summary>
    public const string Computations = "facead.feeds.computations";

    private readonly Counter<long> _computations;

    /// <summary>Creates the counter.</summary>
    /// <param name="factory">Creates meters.</param>
    public LiveFeedMeter(IMeterFactory factory) => _computations = factory.Create("FaceAd.Feeds").CreateCounter<long>(Computations);

    /// <summary>Counts one computation.</summary>
    /// <param name="feed">Name of the feed.</param>
    public void Computed(string feed) => _computations.Add(1, new KeyValuePair<string, object?>("feed", feed));
}
