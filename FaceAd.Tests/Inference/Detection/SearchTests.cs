using FaceAd.Inference;
using FaceAd.Inference.Detection;
using FaceAd.Inference.Imaging;
using FaceAd.Inference.Tracking;
using FaceAd.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Inference.Detection;

/// <summary>Where and how often a closer look is taken.</summary>
public sealed class SearchTests
{
    static readonly DateTimeOffset Start = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(640, 480, 4)]
    [InlineData(1280, 720, 4)]
    [InlineData(1024, 683, 4)]
    [InlineData(480, 640, 6)]
    public void Tiles_UsualPictures_AreFourOrSix(int width, int height, int count) => Assert.Equal(count, Tiles(width, height).Length);

    [Fact]
    public void Tiles_AnyPicture_CoverItOverlapAndKeepTheDetectorsShape() => Prop.ForAll(
        Gen.Choose(16, 4096).ToArbitrary(),
        Gen.Choose(16, 4096).ToArbitrary(),
        (width, height) =>
        {
            var tiles = Tiles(width, height);
            var random = new Random(width * 5000 + height);
            return tiles.All(t => MathF.Abs(t.Width / t.Height - 4 / 3f) < 0.001f)
                && Enumerable.Range(0, 50).All(_ =>
                {
                    // A face as large as a seventh of a tile is whole in one of them, wherever it is, but for a fiftieth at the edges.
                    var (side, x, y) = (tiles[0].Height / 7, random.NextSingle(), random.NextSingle());
                    var face = new FaceBox(
                        x * Math.Max(0, width - side), y * Math.Max(0, height - side), Math.Min(side, width), Math.Min(side, height));
                    var slack = 0.03f * tiles[0].Width;
                    return tiles.Any(t => face.X >= t.X - slack && face.Right <= t.Right + slack && face.Y >= t.Y - slack
                        && face.Bottom <= t.Bottom + slack);
                });
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Budget_AnySpending_NeverExceedsTheRateByMoreThanOneSecond() => Prop.ForAll(
        Gen.Choose(0, 12).ToArbitrary(),
        Gen.Choose(0, int.MaxValue).ToArbitrary(),
        (perSecond, seed) =>
        {
            var random = new Random(seed);
            var (budget, at, spent, bounded) = (new SearchBudget(perSecond), Start, 0, true);
            for (var i = 0; i < 100; i++)
            {
                at += TimeSpan.FromMilliseconds(random.Next(1500));
                budget.Advance(at);
                // A late frame gives nothing.
                budget.Advance(Start);
                var runs = random.Next(budget.Available + 1);
                budget.Spend(runs);
                spent += runs;
                bounded &= spent <= perSecond * ((at - Start).TotalSeconds + 1) + 1e-6;
            }
            return bounded;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Motion_NoiseAndANewExposure_IsNone()
    {
        var grid = new MotionGrid();
        for (var frame = 0; frame < 8; frame++)
        {
            grid.Update(Scene(seed: frame, brightness: frame % 2 == 0 ? 90 : 120));
            Assert.Empty(Moving(grid));
        }
    }

    [Fact]
    public void Motion_SomethingMoves_IsWhereItWasAndIs()
    {
        var grid = new MotionGrid();
        grid.Update(Scene(1, 90, (80, 120)));
        grid.Update(Scene(2, 90, (400, 120)));

        // The block is 80 pixels, two cells, wide and high.
        Assert.Equal([(2, 3), (2, 4), (3, 3), (3, 4), (10, 3), (10, 4), (11, 3), (11, 4)], Moving(grid).Order());
        grid.Update(Scene(3, 90, (400, 120)));
        Assert.Empty(Moving(grid));
    }

    [Fact]
    public void Motion_PictureOfAnotherSize_BeginsAnew()
    {
        var grid = new MotionGrid();
        grid.Update(Scene(1, 90));
        grid.Update(Pictures.Noise(320, 240, 3));

        Assert.Empty(Moving(grid));
    }

    [Fact]
    public void Missing_AnyFaces_IsExactlyWhatUpdateWouldNotContinue() => Prop.ForAll(
        Gen.Choose(0, int.MaxValue).ToArbitrary(),
        seed =>
        {
            var random = new Random(seed);
            var tracker = new FaceTracker(TimeSpan.FromSeconds(2));
            var (at, same) = (Start, true);
            Dictionary<int, (FaceBox Box, DateTimeOffset At)> alive = [];
            for (var frame = 0; frame < 12; frame++)
            {
                at += TimeSpan.FromMilliseconds(random.Next(1, 1500));
                var faces = Enumerable.Range(0, random.Next(4))
                    .Select(_ => new Face(new FaceBox(random.Next(500), random.Next(60), 50, 60), 0.9f, default, 1)).ToArray();
                var places = new FaceBox[FaceTracker.MaxTracks];
                // The faces in half the pixels of the picture.
                var halves = faces.Select(f => new DetectedFace(f.Box.Scale(0.5f, 0.5f), f.Score)).ToArray();
                var missing = places[..tracker.Missing(at, halves, (2, 2), places)];
                var ids = new int[faces.Length];
                tracker.Update(at, faces, ids);
                var expected = alive.Where(t => !ids.Contains(t.Key) && at - t.Value.At <= TimeSpan.FromSeconds(2))
                    .Select(t => t.Value.Box.Scale(0.5f, 0.5f));
                same &= expected.OrderBy(b => (b.X, b.Y)).SequenceEqual(missing.OrderBy(b => (b.X, b.Y)));
                for (var i = 0; i < faces.Length; i++) alive[ids[i]] = (faces[i].Box, at);
            }
            return same;
        }).QuickCheckThrowOnFailure();

    static FaceBox[] Tiles(int width, int height)
    {
        var tiles = new SearchPass[SearchRegions.MaxTiles];
        return [.. tiles.Take(SearchRegions.Tiles(width, height, 4 / 3f, tiles)).Select(t => t.Region)];
    }

    static List<(int Column, int Row)> Moving(MotionGrid grid) =>
        [.. from row in Enumerable.Range(0, MotionGrid.Rows) from column in Enumerable.Range(0, MotionGrid.Columns)
            where grid.Moved(column, row) select (column, row)];

    /// <summary>640 x 480, noisy grey, with a bright block of 80 x 80.</summary>
    static PixelBuffer Scene(int seed, int brightness, (int X, int Y)? block = null)
    {
        var picture = Pictures.Noise(640, 480, seed);
        for (var y = 0; y < 480; y++)
        {
            var row = picture.Row(y);
            for (var i = 0; i < row.Length; i++)
            {
                var inBlock = block is { } at && i / 3 - at.X is >= 0 and < 80 && y - at.Y is >= 0 and < 80;
                row[i] = (byte)((inBlock ? brightness + 90 : brightness) + row[i] / 8 - 16);
            }
        }
        return picture;
    }
}
