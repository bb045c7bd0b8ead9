using FaceAd.Inference.Tracking;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Inference.Tracking;

public sealed class PictureShiftTests
{
    private const int Width = 48, Height = 36;

    [Fact]
    public void Find_PictureMovedByPartsOfAPixel_TellsHowFarWhateverLightAndNoise() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var wall = new Texture(random);
            var (x, y) = ((float)(3 * random.NextDouble() - 1.5), (float)(3 * random.NextDouble() - 1.5));
            var (bright, contrast) = (random.Next(-40, 40), 0.6f + random.NextSingle());
            var later = wall.Draw(x, y).Select(p => bright + contrast * p + Noise(random, 6)).ToArray();
            var match = PictureShift.Find(wall.Draw(0, 0).Select(p => p + Noise(random, 6)).ToArray(), later, Width)!.Value;
            Assert.Equal(x, match.X, 0.12f);
            Assert.Equal(y, match.Y, 0.12f);
            Assert.InRange(match.Agreement, 0.8f, 1);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Find_AQuarterMovesByItself_FollowsTheRest()
    {
        var random = new Random(5);
        var (wall, rider) = (new Texture(random), new Texture(random));
        var (before, now) = (wall.Draw(0, 0), wall.Draw(0.5f, -0.3f));
        var (riderBefore, riderNow) = (rider.Draw(0, 0), rider.Draw(-4, 1));
        for (var i = 0; i < now.Length; i++)
        {
            if (i % Width >= Width / 4) continue;
            (before[i], now[i]) = (riderBefore[i], riderNow[i]);
        }
        var match = PictureShift.Find(before, now, Width)!.Value;
        Assert.Equal(0.5f, match.X, 0.15f);
        Assert.Equal(-0.3f, match.Y, 0.15f);
    }

    [Fact]
    public void Find_WithinAPart_LooksNowhereElse()
    {
        var random = new Random(6);
        var wall = new Texture(random);
        var (before, now) = (wall.Draw(0, 0), wall.Draw(1, 1));
        var part = new PictureShift.Part(8, 6, 20, 16);
        for (var i = 0; i < now.Length; i++)
        {
            var (x, y) = (i % Width, i / Width);
            if (x < part.X - 3 || x > part.X + part.Width + 3 || y < part.Y - 3 || y > part.Y + part.Height + 3) now[i] = random.Next(256);
        }
        var match = PictureShift.Find(before, now, Width, part)!.Value;
        Assert.Equal(1, match.X, 0.1f);
        Assert.Equal(1, match.Y, 0.1f);
        Assert.InRange(match.Agreement, 0.95f, 1);
    }

    [Fact]
    public void Find_AnotherPicture_DoesNotAgree()
    {
        var random = new Random(7);
        Assert.InRange(PictureShift.Find(new Texture(random).Draw(0, 0), new Texture(random).Draw(0, 0), Width)!.Value.Agreement, -1, 0.6f);
    }

    [Fact]
    public void Find_BareWall_TellsNothing()
    {
        var wall = Enumerable.Repeat(140f, Width * Height).ToArray();
        Assert.Null(PictureShift.Find(wall, wall, Width));
    }

    [Theory]
    [InlineData(1000, 1000)]
    [InlineData(-48, 0)]
    [InlineData(float.MaxValue, float.MinValue)]
    public void Find_StartBeyondThePicture_ComparesNothing(float x, float y)
    {
        var wall = new Texture(new Random(8)).Draw(0, 0);
        Assert.Equal(0, PictureShift.Find(wall, wall, Width, start: (x, y))!.Value.Agreement);
    }

    private static float Noise(Random random, float most) => most * (random.NextSingle() - 0.5f);

    /// <summary>Waves of a few pixels in all directions: known between the pixels, too.</summary>
    private sealed class Texture(Random random)
    {
        private readonly (double X, double Y, double Phase)[] _waves = [.. Enumerable.Range(0, 12).Select(_ =>
            (random.NextDouble() - 0.5, random.NextDouble() - 0.5, 6 * random.NextDouble()))];

        public float[] Draw(float shiftX, float shiftY) => [.. Enumerable.Range(0, Width * Height).Select(i =>
            128 + 12 * (float)_waves.Sum(w => Math.Sin(w.X * (i % Width - shiftX) + w.Y * (i / Width - shiftY) + w.Phase)))];
    }
}
