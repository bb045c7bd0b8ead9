using FaceAd.Tests.Accounts.Tenancy;
using FaceAd.Tests.Bench;
using FaceAd.Tests.Components;
using FaceAd.Tests.Components.Walk;
using FaceAd.Tests.Creatives;
using FaceAd.Tests.Demo;
using FaceAd.Tests.EndToEnd;
using FaceAd.Tests.Hostile;
using FaceAd.Tests.Player;
using Xunit.Abstractions;

[assembly: TestCollectionOrderer("FaceAd.Tests.Support.SlowestFirst", "FaceAd.Tests")]

namespace FaceAd.Tests.Support;

/// <summary>
/// Starts first what takes most of a minute, which would otherwise run by itself at the end. The rest is in random order.
/// </summary>
public sealed class SlowestFirst : ITestCollectionOrderer
{
    private static readonly string[] Slowest =
    [
        typeof(PageWalkTests).FullName!, typeof(CircuitsTests).FullName!, typeof(CrashTests).FullName!,
        typeof(VideoTranscoderTests).FullName!, typeof(CreativeQueueTests).FullName!, typeof(WorkingDayTests).FullName!,
        typeof(EmptyPageWalkTests).FullName!, typeof(ConnectionTests).FullName!, typeof(TenancyMatrixTests).FullName!,
        typeof(FootageTruthTests).FullName!, typeof(SilentServerTests).FullName!,
    ];

    /// <inheritdoc/>
    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderByDescending(c => Slowest.Any(name => c.DisplayName.EndsWith(name, StringComparison.Ordinal)))
            .ThenBy(c => c.UniqueID);
}
