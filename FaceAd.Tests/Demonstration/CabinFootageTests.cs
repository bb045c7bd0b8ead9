using FaceAd.Bench.Demonstration;
using FaceAd.Contracts;

namespace FaceAd.Tests.Demonstration;

/// <summary>Frames depend on the script alone, and an empty cabin stands still.</summary>
public sealed class CabinFootageTests
{
    static readonly CabinScript Short = new(
        "short", 8, 5, 3, [new CabinPerson("Ara", Segment.Women2030, 168), new CabinPerson("Haru", Segment.Kids, 13)],
        [new CabinRide("Ara", 2, 7, 1, 150), new CabinRide("Haru", 2.4, 6.6, 2, 140)]);

    [Fact]
    public async Task Draw_SameFrameInAnotherOrder_GivesTheSamePixels()
    {
        var first = await CabinFootage.LoadAsync(Short, Portraits.Folder, CancellationToken.None);
        var second = await CabinFootage.LoadAsync(CabinScript.FromJson(Short.ToJson()), Portraits.Folder, CancellationToken.None);
        var (a, b) = (CabinFootage.NewCanvas(), CabinFootage.NewCanvas());

        foreach (var frame in new[] { 20, 12, 33 })
        {
            first.Draw(a, frame);
            second.Draw(b, 0);
            second.Draw(b, frame);
            Assert.Equal(a.Pixels, b.Pixels);
        }
    }

    [Fact]
    public async Task Draw_EmptyCabinWithClosedDoors_DoesNotChange()
    {
        var footage = await CabinFootage.LoadAsync(Short, Portraits.Folder, CancellationToken.None);
        var (a, b) = (CabinFootage.NewCanvas(), CabinFootage.NewCanvas());
        footage.Draw(a, 0);
        footage.Draw(b, 4);

        Assert.Equal(a.Pixels, b.Pixels);
        footage.Draw(b, 20);
        Assert.NotEqual(a.Pixels, b.Pixels);
    }

    [Fact]
    public async Task WriteJpegs_WholeScript_WritesOneFileAFrame()
    {
        var folder = Directory.CreateTempSubdirectory("facead-jpegs-");
        try
        {
            var footage = await CabinFootage.LoadAsync(Short, Portraits.Folder, CancellationToken.None);
            await footage.WriteJpegsAsync(folder.FullName, CancellationToken.None);

            var files = folder.GetFiles("*.jpg").Select(file => file.Name).Order().ToList();
            Assert.Equal(Short.Frames, files.Count);
            Assert.Equal("00000.jpg", files[0]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
