using FaceAd.Core;
using FaceAd.Inference;
using FaceAd.Inference.Imaging;
using FaceAd.Tests.Support;

namespace FaceAd.Tests.Inference;

public sealed class FaceChainTests
{
    readonly FaceChain _chain = Support.Models.Chain;

    [Fact]
    public async Task Analyze_TwoRiders_FindsAndClassifiesBoth()
    {
        using var frame = _chain.Rent();
        _chain.Analyze(await Pictures.TwoFacesAsync(), frame);

        Assert.Equal((1280, 720), (frame.Width, frame.Height));
        Assert.Equal(2, frame.Faces.Length);
        var (left, right) = frame.Faces[0].Box.X < frame.Faces[1].Box.X ? (0, 1) : (1, 0);
        Assert.Equal(Segment.Men2030, frame.Estimate(left)!.Value.Segments.Top);
        Assert.Equal(Segment.Women2030, frame.Estimate(right)!.Value.Segments.Top);
        Assert.InRange(frame.Faces[left].Box.CentreX, 330, 450);
        Assert.InRange(frame.Faces[right].Box.CentreX, 810, 930);
        foreach (var face in new[] { 0, 1 })
        {
            Assert.True(frame.Faces[face].Pose.Facing);
            Assert.True(frame.Estimate(face)!.Value.Segments.IsDistribution);
            Assert.Equal(1, Cosine(frame.Embedding(face), frame.Embedding(face)), 3);
        }
        Assert.InRange(Cosine(frame.Embedding(0), frame.Embedding(1)), -1, 0.3);
    }

    [Fact]
    public async Task Analyze_NobodyThere_FindsNoFace()
    {
        using var frame = _chain.Rent();
        _chain.Analyze(await Pictures.NoFaceAsync(), frame);

        Assert.Equal(0, frame.Faces.Length);
    }

    [Theory]
    [InlineData(244, Segment.Kids)]
    [InlineData(147, Segment.Women2030)]
    [InlineData(60, Segment.Men2030)]
    [InlineData(210, Segment.Women4050)]
    [InlineData(14, Segment.Men4050)]
    [InlineData(107, Segment.Silver)]
    public async Task Analyze_PortraitOfEachSegment_FindsItsSegment(int portrait, Segment segment)
    {
        using var frame = _chain.Rent();
        _chain.Analyze(await Pictures.CabinAsync((portrait, 200, 200)), frame);

        Assert.Equal(1, frame.Faces.Length);
        Assert.Equal(segment, frame.Estimate(0)!.Value.Segments.Top);
    }

    [Fact]
    public async Task Embed_SamePersonSmallerElsewhere_IsCloserThanTheMatchingThreshold()
    {
        using var large = _chain.Rent();
        using var small = _chain.Rent();
        _chain.Analyze(await Pictures.CabinAsync((60, 40, 220)), large);
        _chain.Analyze(await Pictures.CabinAsync((60, 420, 130), (210, 60, 160)), small);

        var cosines = Enumerable.Range(0, small.Faces.Length).Select(i => Cosine(large.Embedding(0), small.Embedding(i))).Order().ToList();
        Assert.Equal(2, cosines.Count);
        Assert.True(cosines[1] > 0.45, $"same person: {cosines[1]}");
        Assert.True(cosines[0] < 0.45, $"another person: {cosines[0]}");
    }

    [Fact]
    public async Task Find_LargePicture_ReportsBoxesInItsOwnPixels()
    {
        var jpeg = await FaceAd.Bench.Ffmpeg.RunAsync(
            ["-i", Path.Combine(Support.Models.NodeModules, "fake-avatars", "avatars", "png", "60.png"), "-vf",
                "scale=512:512,pad=3000:1500:2000:800", "-q:v", "5", "-f", "mjpeg", "-"],
            CancellationToken.None);
        using var frame = _chain.Rent();
        _chain.Find(jpeg, frame);

        Assert.Equal((3000, 1500), (frame.Width, frame.Height));
        Assert.Equal(1, frame.Faces.Length);
        Assert.InRange(frame.Faces[0].Box.CentreX, 2150, 2350);
        Assert.InRange(frame.Faces[0].Box.CentreY, 950, 1200);
    }

    [Fact]
    public async Task Analyze_PoisonedFrame_IsAnErrorOfThatFrameOnly()
    {
        var good = await Pictures.TwoFacesAsync();
        using var frame = _chain.Rent();
        _chain.Analyze(good, frame);

        Assert.Throws<InvalidFrameException>(() => _chain.Analyze(good.AsSpan(0, good.Length / 2), frame));
        Assert.Equal(0, frame.Faces.Length);

        _chain.Analyze(good, frame);
        Assert.Equal(2, frame.Faces.Length);
    }

    [Fact]
    public async Task Dispose_WhileAFrameIsRented_FreesTheModelsAfterIt()
    {
        var jpeg = await Pictures.TwoFacesAsync();
        var chain = new FaceChain(new FaceChainOptions { ModelFolder = Support.Models.Folder });
        using (var frame = chain.Rent())
        {
            chain.Dispose();
            chain.Analyze(jpeg, frame);
            Assert.Equal(2, frame.Faces.Length);
            Assert.Throws<ObjectDisposedException>(chain.Rent);
        }
        Assert.Throws<ObjectDisposedException>(chain.Rent);
        chain.Dispose();
    }

    [Fact]
    public async Task Analyze_SteadyState_AllocatesLessThanAKilobyteAFrame()
    {
        var jpeg = await Pictures.TwoFacesAsync();
        // A chain of its own: tests that run at the same time would take its warm frames.
        using var chain = new FaceChain(new FaceChainOptions { ModelFolder = Support.Models.Folder });
        for (var i = 0; i < 3; i++) Analyze(chain, jpeg);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var faces = 0;

        for (var i = 0; i < 10; i++) faces += Analyze(chain, jpeg);

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(20, faces);
        Assert.InRange(allocated / 10, 0, 1023);
    }

    [Fact]
    public async Task Analyze_ManyWorkersOnOneChain_SeeTheSame()
    {
        var jpeg = await Pictures.TwoFacesAsync();
        using var alone = _chain.Rent();
        _chain.Analyze(jpeg, alone);
        var expected = alone.Embedding(0).ToArray();

        await Parallel.ForAsync(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 4 }, (_, _) =>
        {
            using var frame = _chain.Rent();
            _chain.Analyze(jpeg, frame);
            Assert.Equal(2, frame.Faces.Length);
            Assert.True(Cosine(expected, frame.Embedding(0)) > 0.9999);
            return ValueTask.CompletedTask;
        });
    }

    static int Analyze(FaceChain chain, byte[] jpeg)
    {
        using var frame = chain.Rent();
        chain.Analyze(jpeg, frame);
        return frame.Faces.Length;
    }

    static double Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }
}
