using FaceAd.Bench;
using FaceAd.Core;
using FaceAd.Inference;
using FaceAd.Inference.Detection;
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

    /// <summary>A look costs as much as three frames.</summary>
    [Theory]
    [InlineData("transpose=cclock", 90, 2)] // another shape
    [InlineData("hflip,vflip", 180, 15)] // the same
    public async Task Update_HangsRightForAnHourAndIsTurnedThen_LooksSeldomAndSaysSoInTime(string mounted, int turn, int minutes)
    {
        var check = new TurnCheck();
        var picture = await Pictures.CabinAsync((168, 60, 130), (240, 400, 110));
        var at = Sample.Noon;
        Assert.InRange(Watch(picture, TimeSpan.FromHours(1)), TurnCheck.Least + 6, TurnCheck.Least + 12);
        Assert.Equal(0, check.Turn);
        Watch(await TurnAsync(picture, mounted), TimeSpan.FromMinutes(minutes));
        Assert.Equal(turn, check.Turn);

        // Two frames a second, of which as many are looked at as is returned.
        int Watch(byte[] jpeg, TimeSpan time)
        {
            using var frame = Support.Models.Chain.Rent();
            Support.Models.Chain.Find(jpeg, frame);
            var looks = 0;
            for (var end = at + time; at < end; at += TimeSpan.FromSeconds(0.5))
                looks += check.Update(frame, at) > 0 ? 1 : 0;
            return looks;
        }
    }

    /// <summary>Something that moves, such as a screen in view, is nobody.</summary>
    [Fact]
    public async Task Update_NobodyHoweverTurned_LooksOnceAMinute()
    {
        var check = new TurnCheck();
        using var frame = Support.Models.Chain.Rent();
        Support.Models.Chain.Find(await Pictures.CabinAsync(), frame);
        var looks = Enumerable.Range(0, 1200).Count(i => check.Update(frame, Sample.Noon.AddSeconds(0.5 * i)) > 0);
        Assert.Equal(10, looks);
    }

    [Fact]
    public async Task Observe_FrameThatIsLookedAtTurned_IsInItsTimesAndRuns()
    {
        var observer = new AudienceObserver(Support.Models.Chain);
        var picture = await Pictures.CabinAsync((168, 60, 130));
        observer.Observe(picture, Sample.Noon);
        Assert.Equal(3, observer.LastSearch.Turned);
        Assert.True(observer.LastTimings.Turn > TimeSpan.Zero);
        Assert.True(observer.LastTimings.Total > observer.LastTimings.Turn + observer.LastTimings.Detect);
        observer.Observe(picture, Sample.Noon.AddSeconds(0.5));
        Assert.Equal((0, TimeSpan.Zero), (observer.LastSearch.Turned, observer.LastTimings.Turn));
    }

    private const int TurnLeast = TurnCheck.Least;

    private static async Task<byte[]> TurnAsync(byte[] jpeg, string filter)
    {
        var file = Path.Combine(TestFolders.New("turned"), "picture.jpg");
        await File.WriteAllBytesAsync(file, jpeg);
        return await Ffmpeg.RunAsync(["-i", file, "-vf", filter, "-q:v", "3", "-f", "mjpeg", "-"], CancellationToken.None);
    }
}
