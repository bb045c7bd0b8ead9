using FaceAd.Tests.Support;
using FaceAd.Web.Frames;

namespace FaceAd.Tests.Frames;

public sealed class AnalysisGapsTests
{
    private static readonly Guid Screen = Guid.NewGuid();
    private readonly AnalysisGaps _gaps = new();

    [Fact]
    public void Analysed_FramesWereDroppedForLong_IsAGap()
    {
        _gaps.Analysed(Screen, Sample.Noon);
        _gaps.Dropped(Screen);
        _gaps.Analysed(Screen, Sample.Noon.AddSeconds(3));
        Assert.True(_gaps.Overlaps(Screen, Sample.Noon.AddSeconds(1), Sample.Noon.AddSeconds(2)));
        Assert.False(_gaps.Overlaps(Screen, Sample.Noon.AddSeconds(3), Sample.Noon.AddSeconds(9)));
    }

    [Fact]
    public void Analysed_AfterSomebodyElseMeasured_IsNoGap()
    {
        _gaps.Analysed(Screen, Sample.Noon);
        _gaps.Dropped(Screen);
        _gaps.Forget(Screen);
        _gaps.Analysed(Screen, Sample.Noon.AddHours(3));
        Assert.False(_gaps.Overlaps(Screen, Sample.Noon.AddHours(-1), Sample.Noon.AddHours(4)));
    }
}
