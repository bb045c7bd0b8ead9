using FaceAd.Inference;
using FaceAd.Inference.Imaging;
using FaceAd.Inference.Tracking;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Inference.Tracking;

/// <summary>Which face of a frame continues which track.</summary>
public sealed class FaceTrackerTests
{
    static readonly DateTimeOffset Start = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    readonly FaceTracker _tracker = new(TimeSpan.FromSeconds(2));

    [Fact]
    public void Update_FacesMoveALittle_KeepTheirTracksWhateverTheirOrder()
    {
        Assert.Equal([1, 2], Update(0, (100, 100), (400, 100)));
        Assert.Equal([2, 1], Update(0.5, (420, 110), (130, 90)));
        Assert.Equal([1, 3, 2], Update(1, (150, 95), (700, 100), (430, 100)));
    }

    [Fact]
    public void Update_FaceBackWithinTwoSeconds_ContinuesItsTrack()
    {
        Update(0, (100, 100));
        Update(1);
        Assert.Equal([1], Update(2, (140, 100)));
    }

    [Fact]
    public void Update_FaceBackLater_IsANewTrack()
    {
        Update(0, (100, 100));
        Update(1);
        Assert.Equal([2], Update(2.1, (100, 100)));
    }

    [Fact]
    public void Update_FaceElsewhere_IsANewTrack()
    {
        Update(0, (100, 100));
        Assert.Equal([2], Update(0.5, (500, 100)));
    }

    [Fact]
    public void Update_TwoFacesNearOneTrack_TheNearerContinuesIt()
    {
        Update(0, (100, 100));
        Assert.Equal([2, 1], Update(0.5, (160, 100), (105, 100)));
    }

    [Fact]
    public void Update_MoreFacesThanTracks_LeavesTheRestWithoutOne()
    {
        var faces = Enumerable.Range(0, FaceTracker.MaxTracks + 3).Select(i => (i * 300, 100)).ToArray();

        var ids = Update(0, faces);

        Assert.Equal(Enumerable.Range(1, FaceTracker.MaxTracks), ids.Where(id => id > 0));
        Assert.Equal(3, ids.Count(id => id == 0));
    }

    [Fact]
    public void Update_AnyFaces_GivesEachFaceADifferentTrack()
    {
        var scene = Gen.Choose(0, 900).Two().Select(p => (p.Item1, p.Item2)).ListOf().ListOf();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(100), Prop.ForAll(scene.ToArbitrary(), frames =>
        {
            var tracker = new FaceTracker(TimeSpan.FromSeconds(2));
            var at = Start;
            foreach (var frame in frames)
            {
                at += TimeSpan.FromSeconds(0.5);
                var ids = Update(tracker, at, [.. frame.Take(FaceFrame.MaxFaces)]);
                var given = ids.Where(id => id > 0).ToList();
                if (given.Distinct().Count() != given.Count || given.Count > FaceTracker.MaxTracks) return false;
            }
            return true;
        }));
    }

    static int[] Update(FaceTracker tracker, DateTimeOffset at, (int X, int Y)[] places)
    {
        var faces = places.Select(p => new Face(new FaceBox(p.X, p.Y, 80, 100), 0.9f, default, 1)).ToArray();
        var ids = new int[faces.Length];
        tracker.Update(at, faces, ids);
        return ids;
    }

    int[] Update(double seconds, params (int X, int Y)[] places) => Update(_tracker, Start + TimeSpan.FromSeconds(seconds), places);
}
