using FaceAd.Core;
using FaceAd.Demo.Footage;

namespace FaceAd.Tests.Demo;

/// <summary>Frames depend on the script alone, and an empty cabin stands still.</summary>
public sealed class CabinFootageTests
{
    static readonly CabinScript Short = new(
        "short", 8, 5, 3, [new CabinPerson("Ara", Segment.Women2030, 168), new CabinPerson("Haru", Segment.Kids, 13)],
        [new CabinRide("Ara", 2, 7, 1, 150), new CabinRide("Haru", 2.4, 6.6, 2, 140)]);

    static int Bytes => CabinFootage.Size.Width * CabinFootage.Size.Height * 3;

    [Fact]
    public void Draw_SameFrameInAnotherOrder_GivesTheSamePixels()
    {
        var first = CabinFootage.Load(Short, Portraits.Folder);
        var second = CabinFootage.Load(CabinScript.FromJson(Short.ToJson()), Portraits.Folder);
        var (a, b) = (new byte[Bytes], new byte[Bytes]);

        foreach (var frame in new[] { 20, 12, 33 })
        {
            first.Draw(a, frame);
            second.Draw(b, 0);
            second.Draw(b, frame);
            Assert.Equal(a, b);
        }
    }

    [Fact]
    public void Draw_EmptyCabinWithClosedDoors_DoesNotChange()
    {
        var footage = CabinFootage.Load(Short, Portraits.Folder);
        var (a, b) = (new byte[Bytes], new byte[Bytes]);
        footage.Draw(a, 0);
        footage.Draw(b, 4);

        Assert.Equal(a, b);
        footage.Draw(b, 20);
        Assert.NotEqual(a, b);
    }

    [Fact]
    public async Task WriteJpegs_WholeScript_WritesOneFileAFrame()
    {
        var folder = Directory.CreateTempSubdirectory("facead-jpegs-");
        try
        {
            var footage = CabinFootage.Load(Short, Portraits.Folder);
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
