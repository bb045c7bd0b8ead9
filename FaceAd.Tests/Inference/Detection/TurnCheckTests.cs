using FaceAd.Bench;
using FaceAd.Core;
using FaceAd.Inference;
using FaceAd.Tests.Support;

namespace FaceAd.Tests.Inference.Detection;

/// <summary>How a camera hangs, by pictures of riders through the real models.</summary>
public sealed class TurnCheckTests
{
    [Theory]
    [InlineData("null", 0)]
    [InlineData("transpose=cclock", 90)]
    [InlineData("hflip,vflip", 180)]
    [InlineData("transpose=clock", 270)]
    public async Task Hints_CameraHangsTurned_SayHowToTurnItsPicture(string mounted, int turn)
    {
        var observer = new AudienceObserver(Support.Models.Chain);
        var riders = await Task.WhenAll(new[] { (168, 240), (63, 138), (159, 60), (210, 202) }.Select(async pair =>
            await TurnAsync(await Pictures.CabinAsync((pair.Item1, 60, 130), (pair.Item2, 400, 110)), mounted)));
        // The first of nobody who is found is not looked at again: nothing has moved yet.
        for (var picture = 0; picture <= TurnLeast; picture++)
        {
            if (picture < TurnLeast) Assert.Equal(0, observer.Hints.Turn); // too soon to tell
            observer.Observe(riders[picture % riders.Length], Sample.Noon.AddSeconds(5 * picture));
        }
        Assert.Equal(new CameraHints(false, turn), observer.Hints);

        // Put right, it is not accused for long: not at all once the picture has another shape, otherwise for some pictures more.
        var upright = await Task.WhenAll(new[] { (168, 240), (63, 138) }.Select(pair =>
            Pictures.CabinAsync((pair.Item1, 60, 130), (pair.Item2, 400, 110))));
        for (var picture = 1; picture <= (turn == 180 ? 2 * TurnLeast : 1); picture++)
            observer.Observe(upright[picture % 2], Sample.Noon.AddSeconds(5 * (TurnLeast + picture)));
        Assert.Equal(0, observer.Hints.Turn);
    }

    private const int TurnLeast = FaceAd.Inference.Detection.TurnCheck.Least;

    private static async Task<byte[]> TurnAsync(byte[] jpeg, string filter)
    {
        var file = Path.Combine(TestFolders.New("turned"), "picture.jpg");
        await File.WriteAllBytesAsync(file, jpeg);
        return await Ffmpeg.RunAsync(["-i", file, "-vf", filter, "-q:v", "3", "-f", "mjpeg", "-"], CancellationToken.None);
    }
}
