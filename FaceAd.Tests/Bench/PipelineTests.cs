using FaceAd.Bench;
using FaceAd.Inference;
using FaceAd.Tests.Support;

namespace FaceAd.Tests.Bench;

public sealed class PipelineTests
{
    [Fact]
    public async Task Measure_TwoFaceFrame_MeasuresEveryStageOfTwoFaces()
    {
        // A chain of its own: tests that run at the same time would take its warm frames.
        using var chain = new FaceChain(new FaceChainOptions { ModelFolder = Support.Models.Folder });
        var result = PipelineCommand.Measure(chain, await Pictures.TwoFacesAsync(), 5);

        Assert.Equal((5, 10), (result.Frames, result.Faces));
        Assert.InRange(result.BytesPerFrame, 0, 1023);
        var stages =
            new[] { result.Sum.Decode, result.Sum.Crop, result.Sum.Detect, result.Sum.Landmarks, result.Sum.AgeGender, result.Sum.Embed,
                result.Sum.Track };
        Assert.All(stages, stage => Assert.True(stage > TimeSpan.Zero));
        Assert.InRange(result.Sum.Total, TimeSpan.Zero, result.Elapsed);
    }
}
