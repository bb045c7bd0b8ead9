using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Web.Audiences;

namespace FaceAd.Tests.Audiences;

public sealed class AudienceReportRulesTests
{
    private static readonly AudienceReport Good = Sample.Report(
        Guid.NewGuid(), 1, Sample.Noon, Sample.Noon.AddSeconds(5), AudienceState.Open,
        Sample.Viewer(Segment.Men2030, Sample.Noon, Sample.Noon.AddSeconds(4)));

    public static TheoryData<string, AudienceReport> Bad()
    {
        var viewer = Good.Presences[0];
        AudienceReport With(PresenceReport presence) => Good with { Presences = [presence] };
        return new TheoryData<string, AudienceReport>
        {
            { "audience", Good with { AudienceId = Guid.Empty } },
            { "sequence", Good with { Sequence = 0 } },
            { "state", Good with { State = (AudienceState)9 } },
            { "model", Good with { ModelVersion = new string('x', 121) } },
            { "null model", Good with { ModelVersion = null! } },
            { "order", Good with { At = Good.OpenedAt.AddSeconds(-1), Presences = [] } },
            { "length", Good with { OpenedAt = Good.At.AddHours(-13) } },
            { "clock", Good with { OpenedAt = Good.OpenedAt.AddDays(3), At = Good.At.AddDays(3), Presences = [] } },
            { "ahead", Good with { OpenedAt = Good.OpenedAt.AddMinutes(3), At = Good.At.AddMinutes(3), Presences = [] } },
            { "old", Good with { OpenedAt = Good.OpenedAt.AddDays(-2), At = Good.At.AddDays(-2), Presences = [] } },
            { "null presences", Good with { Presences = null! } },
            { "null presence", Good with { Presences = [null!] } },
            { "crowd", Good with { Presences = [.. Enumerable.Range(0, 33).Select(_ => viewer with { PresenceId = Guid.NewGuid() })] } },
            { "twice", Good with { Presences = [viewer, viewer] } },
            { "empty id", With(viewer with { PresenceId = Guid.Empty }) },
            { "backwards", With(viewer with { To = viewer.From.AddSeconds(-1) }) },
            { "outside", With(viewer with { To = Good.At.AddSeconds(1) }) },
            { "attention", With(viewer with { SecondsAttentive = 60 }) },
            { "not a number", With(viewer with { SecondsAttentive = double.NaN }) },
            { "probabilities", With(viewer with { Segments = new SegmentProbabilities(1, 1, 0, 0, 0, 0) }) },
            { "nan probabilities", With(viewer with { Segments = new SegmentProbabilities(double.NaN, 1, 0, 0, 0, 0) }) },
            { "age", With(viewer with { AgeYears = double.NaN }) },
            { "child", With(viewer with { ChildProbability = 1.1 }) },
            { "area", With(viewer with { FaceArea = -0.1 }) },
            { "views", With(viewer with { Views = [.. Enumerable.Range(0, 6).Select(i => Sample.Face(i))] }) },
            { "null view", With(viewer with { Views = [null!] }) },
            { "short view", With(viewer with { Views = [new byte[7]] }) },
        };
    }

    [Fact]
    public void FindFault_GoodReport_IsNull() => Assert.Null(AudienceReportRules.FindFault(Good, Sample.Noon));

    [Theory]
    [MemberData(nameof(Bad), DisableDiscoveryEnumeration = true)]
    public void FindFault_BadReport_SaysWhy(string what, AudienceReport report) =>
        Assert.False(string.IsNullOrEmpty(AudienceReportRules.FindFault(report, Sample.Noon)), what);
}
