using FaceAd.Core;
using FaceAd.Demo.Footage;
using FaceAd.Inference;
using FaceAd.Inference.Detection;
using FaceAd.Inference.Imaging;
using FaceAd.Inference.Tracking;
using FaceAd.Tests.Demo;
using FaceAd.Tests.Support;

namespace FaceAd.Tests.Inference.Detection;

/// <summary>Composed footage of riders who are far from the camera: faces of about 18 pixels in 480 rows.</summary>
public sealed class WiderSearchTests
{
    static readonly CabinScript Far = new(
        "far", 16, 5, 7,
        [new CabinPerson("Doyun", Segment.Men4050, 14), new CabinPerson("Seoyeon", Segment.Women2030, 147)],
        [new CabinRide("Doyun", 3, 12, 0, 32), new CabinRide("Seoyeon", 4, 11, 2, 32)]);

    [Fact]
    public void Observe_FacesTooSmallForTheWholeFrame_AreFoundAndTheirTracksHold()
    {
        var narrow = Watch(perSecond: 0);
        var wide = Watch(perSecond: 6);

        // Both stand still, and what they were while walking in has been forgotten.
        var (foundNarrow, foundWide) = (Standing(narrow).Sum(f => f.Faces), Standing(wide).Sum(f => f.Faces));
        var there = Standing(wide).Count * 2;
        Assert.InRange(foundNarrow, 0, 0.75 * there);
        Assert.InRange(foundWide, 0.95 * there, there);
        Assert.All(narrow, f => Assert.Equal(0, f.Runs.Total));
        Assert.Contains(wide, f => f.Runs.Tiles > 0);
        Assert.Contains(wide, f => f.Runs.LostTracks > 0);
        // Each rider is one presence from then on.
        Assert.Equal(2, Standing(wide).SelectMany(f => f.InView).Distinct().Count());
    }

    [Fact]
    public void Observe_EmptyStillCabin_CostsNoFurtherRuns()
    {
        var frames = Watch(perSecond: 6);

        var empty = frames.Where(f => f.Time is < 2 or > 14.5).ToList();
        Assert.NotEmpty(empty);
        Assert.All(empty, f => Assert.Equal((0, 0), (f.Faces, f.Runs.Total)));
    }

    [Fact]
    public void Observe_Budget_IsNeverExceeded()
    {
        const int PerSecond = 2;
        var frames = Watch(PerSecond);

        Assert.Contains(frames, f => f.Runs.Total > 0);
        for (var from = 0; from < frames.Count; from++)
        {
            for (var to = from; to < frames.Count; to++)
            {
                var runs = frames.Skip(from).Take(to - from + 1).Sum(f => f.Runs.Total);
                Assert.InRange(runs, 0, PerSecond * (1 + frames[to].Time - frames[from].Time) + 1e-6);
            }
        }
    }

    [Fact]
    public void Find_TilesAskedFor_FindsSmallFacesInASinglePicture()
    {
        var picture = Draw(frame: 44);

        Assert.InRange(Find(new FaceSearchOptions { SecondLooks = 0 }, picture).Faces, 0, 1);
        var (faces, runs) = Find(new FaceSearchOptions { Depth = SearchDepth.Tiles }, picture);
        Assert.Equal(2, faces);
        // The whole, four tiles, and what is doubtful.
        Assert.InRange(runs, 5, 5 + new FaceSearchOptions().SecondLooks);
    }

    [Fact]
    public void Run_SomethingMovesInEveryFrame_AllocatesNothingOnceWarm()
    {
        using var chain = new FaceChain(new FaceChainOptions { ModelFolder = Support.Models.Folder });
        var (search, tracker) = (new WiderSearch(perSecond: 100), new FaceTracker(TimeSpan.FromSeconds(2)));
        var pictures = new[] { Pictures.Noise(640, 480, 1), Pictures.Noise(640, 480, 2) };
        // A tile each, a different half of the picture bright in each.
        pictures[0].Pixels[..(640 * 240 * 3)].Fill(200);
        pictures[1].Pixels[(640 * 240 * 3)..].Fill(200);
        var (runs, before) = (0, 0L);
        for (var i = 0; i < 16; i++)
        {
            if (i == 8) (runs, before) = (0, GC.GetAllocatedBytesForCurrentThread());
            using var frame = chain.Rent();
            FaceChain.Open(pictures[i % 2], frame);
            runs += search.Run(frame, tracker, DateTimeOffset.UnixEpoch.AddSeconds(i)).Total;
        }

        Assert.InRange(runs, 8, 800);
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 8, 0, 1023);
    }

    static (int Faces, int Runs) Find(FaceSearchOptions search, PixelBuffer picture)
    {
        using var chain = new FaceChain(new FaceChainOptions { ModelFolder = Support.Models.Folder, Search = search });
        using var frame = chain.Rent();
        chain.Find(picture, frame);
        return (frame.Faces.Length, frame.DetectorRuns);
    }

    static PixelBuffer Draw(int frame)
    {
        var footage = CabinFootage.Load(Far, Portraits.Folder);
        var picture = new PixelBuffer();
        picture.Resize(CabinFootage.Size.Width, CabinFootage.Size.Height, 3);
        footage.Draw(picture.Pixels, frame);
        return picture;
    }

    static List<Watched> Standing(List<Watched> frames) => frames.FindAll(f => f.Time is >= 7.7 and <= 9.3);

    static List<Watched> Watch(int perSecond)
    {
        var footage = CabinFootage.Load(Far, Portraits.Folder);
        var observer = new AudienceObserver(
            Support.Models.Chain, new AudienceObserverOptions { SearchPerSecond = perSecond, Checkpoint = TimeSpan.Zero });
        var picture = new PixelBuffer();
        picture.Resize(CabinFootage.Size.Width, CabinFootage.Size.Height, 3);
        List<Watched> frames = [];
        for (var i = 0; i < Far.Frames; i += 2)
        {
            footage.Draw(picture.Pixels, i);
            var time = i / (double)Far.FramesPerSecond;
            var report = observer.Observe(picture, DateTimeOffset.UnixEpoch.AddSeconds(time));
            frames.Add(new Watched(
                time, observer.LastFaceCount, observer.LastSearch,
                [.. report?.Presences.Where(p => p.InView).Select(p => p.PresenceId) ?? []]));
        }
        return frames;
    }

    sealed record Watched(double Time, int Faces, SearchRuns Runs, IReadOnlyList<Guid> InView);
}
