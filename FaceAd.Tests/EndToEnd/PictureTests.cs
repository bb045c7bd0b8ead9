using FaceAd.Bench.Playback;
using FaceAd.Player;
using FaceAd.Player.Playback;
using FaceAd.Tests.Support;
using Xunit.Abstractions;

namespace FaceAd.Tests.EndToEnd;

/// <summary>
/// A player in a process of its own, with a real Chromium and without a server. How soon a picture is back is measured by
/// <c>./bench playback</c>.
/// </summary>
public sealed class PictureTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Picture_PlayerOrBrowserIsKilledOrFrozen_ComesBackAndNothingOfTheOldBrowserStays()
    {
        var folder = TestFolders.New("picture");
        // As a browser of another machine would leave it, whose disk this was.
        var profile = Directory.CreateDirectory(Browser.ProfileOf(folder)).FullName;
        File.CreateSymbolicLink(Path.Combine(profile, "SingletonLock"), "elsewhere-12345");
        await using var run = new PlaybackRun(folder, typeof(PlayerHost).Assembly.Location);
        await run.StartAsync(reports: 20, megabytes: 1, default);
        foreach (var fault in PlaybackRun.Faults)
        {
            var (seconds, orphans) = await run.MeasureAsync(fault, pause: TimeSpan.Zero, default);
            output.WriteLine($"{fault.Name}: {seconds:0.00} s");
            Assert.True(orphans == 0, $"{fault.Name}: {orphans} processes of the old browser are left.");
        }
    }
}
