using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Web.Players;

namespace FaceAd.Tests.Players;

/// <summary>Which changes of a screen other nodes are told at once.</summary>
public sealed class ScreenStatesTests
{
    private static readonly ScreenState Before = new(
        true, Sample.Beat() with { Sensors = [new SensorReport(SensorKind.Distance, SensorState.Empty, 1.5)], CpuCelsius = 50 },
        Sample.Noon, [Segment.Silver]);

    [Fact]
    public void LooksTheSame_AnotherBeat_DoesAndCanWait()
    {
        var beat = Before.Beat! with
        {
            SentAt = Sample.Noon.AddSeconds(5),
            ClockAheadMilliseconds = 3,
            CpuCelsius = 51,
            Sensors = [new SensorReport(SensorKind.Distance, SensorState.Empty, 1.6)],
        };
        Assert.True(ScreenStates.LooksTheSame(Before, new ScreenState(true, beat, Sample.Noon.AddSeconds(5), [Segment.Silver])));
    }

    public static TheoryData<string> Changes => [.. Changed.Keys];

    private static Dictionary<string, Func<ScreenState, ScreenState>> Changed { get; } = new()
    {
        ["silence"] = s => s with { Connected = false },
        ["somebody came"] = s => s with { Viewers = [Segment.Silver, Segment.Kids] },
        ["another ad"] = s => s with { Beat = s.Beat! with { Showing = Guid.NewGuid() } },
        ["a problem"] = s => s with { Beat = s.Beat! with { Problem = "The disk is full." } },
        ["the camera"] = s => s with { Beat = s.Beat! with { Camera = CameraState.Failed } },
        ["the page"] = s => s with { Beat = s.Beat! with { PageRendering = !s.Beat.PageRendering } },
        ["a sensor"] = s => s with { Beat = s.Beat! with { Sensors = [new SensorReport(SensorKind.Distance, SensorState.Unknown, null)] } },
        ["no beat yet"] = s => s with { Beat = null },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void LooksTheSame_SomethingHappened_DoesNot(string what) =>
        Assert.False(ScreenStates.LooksTheSame(Before, Changed[what](Before)));
}
