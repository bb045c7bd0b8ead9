using System.Threading.Channels;
using FaceAd.Core;
using FaceAd.Tests.Reports;
using FaceAd.Tests.Support;
using FaceAd.Web.Creatives;
using FaceAd.Web.Creatives.Rehearsal;
using FaceAd.Web.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace FaceAd.Tests.Creatives;

/// <summary>Videos are played in the players' page, in a real Chromium, before anybody can approve them.</summary>
public sealed class VideoRehearsalTests
{
    private static readonly IOptions<MediaOptions> On = Options.Create(new MediaOptions());

    private readonly Complaints _complaints = new(LogLevel.Warning);
    private readonly List<double> _progress = [];

    [Fact]
    public async Task Make_VideoOfAnAgency_IsPlayedToItsEndAndStored()
    {
        using var maker = new TestTranscoder(options => options.PlayBeforeApproval = true);
        var sent = await TestTranscoder.FileAsync(
            "spot.mov", "-f", "lavfi", "-i", "testsrc=s=640x360:r=25:d=3", "-f", "lavfi", "-i", "sine=d=3",
            "-c:v", "prores", "-c:a", "aac");
        var (video, refusal) = await maker.MakeAsync(sent, _progress.Add);
        Assert.Null(refusal);
        Assert.True(File.Exists(maker.PathOf(video!.Value)));
        Assert.Contains(_progress, done => done is > 0.6 and < 0.96); // while it played
        Assert.Equal(_progress.Order(), _progress);
    }

    // A disk that loses half of what was encoded: the video breaks off in the page.
    [Fact]
    public async Task Make_VideoThatBreaksOffInThePage_IsRefusedAndTheLogSaysWhere()
    {
        var program = new HeadlessChromium(Options.Create(new ChromiumOptions()), NullLogger<HeadlessChromium>.Instance).Program;
        var broken = await TestChromium.NewAsync($"""
            for video in "$(cat "$here/videos")"/*; do
              [ "$(stat -c %s "$video")" -gt 200000 ] && truncate -s 200000 "$video"
            done
            exec {program} "$@"
            """);
        using var maker = new TestTranscoder(options => options.PlayBeforeApproval = true, broken.Chromium, _complaints);
        await File.WriteAllTextAsync(broken.PathOf("videos"), Path.GetDirectoryName(maker.Uploads.NewScratch()));
        var video = await TestTranscoder.FileAsync(
            "noise.mp4", "-f", "lavfi", "-i", "testsrc2=s=640x360:r=25:d=4,noise=alls=40:allf=t", "-c:v", "libx264", "-pix_fmt", "yuv420p");
        Assert.Equal((null, CreativeRefusal.DoesNotPlay), await maker.MakeAsync(video));
        Assert.Equal(3, broken.Runs); // twice the video, and once ours
        Assert.Matches("does not play in the players' page and is refused: .", Assert.Single(_complaints.Lines));
    }

    [Fact]
    public async Task Play_VideoThatNoPageCanDecode_SaysWhy()
    {
        var video = await TestTranscoder.FileAsync("other.mp4", "-f", "lavfi", "-i", "testsrc=s=320x180:r=25:d=2", "-c:v", "mpeg2video");
        Assert.NotNull(await Rehearsal().PlayAsync(video, 2, _progress.Add, default));
        Assert.Empty(_progress);
    }

    [Fact]
    public async Task Play_OneFrameInTenSeconds_StandsStill()
    {
        var video = await TestTranscoder.FileAsync(
            "slides.mp4", "-f", "lavfi", "-i", "testsrc=s=320x180:r=1/10:d=20", "-c:v", "libx264", "-pix_fmt", "yuv420p");
        Assert.Equal("it stands still after 0.0 s", await Rehearsal().PlayAsync(video, 20, _progress.Add, default));
    }

    [Fact]
    public async Task Play_VideoThatEndsTooSoon_IsNoVideoOfItsLength()
    {
        var video = await TestTranscoder.FileAsync(
            "short.mp4", "-f", "lavfi", "-i", "testsrc=s=320x180:r=25:d=2", "-c:v", "libx264", "-pix_fmt", "yuv420p");
        Assert.StartsWith("its last frame is at", await Rehearsal().PlayAsync(video, 8, _progress.Add, default), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Play_ChromiumThatFails_BlamesNoVideoAndSaysSo()
    {
        var broken = await TestChromium.NewAsync("echo broken >&2; exit 3");
        Assert.Null(await Rehearsal(broken.Chromium).PlayAsync("/no/video.mp4", 2, _progress.Add, default));
        Assert.Contains("no fault of the video's: Chromium ended: broken", Assert.Single(_complaints.Lines), StringComparison.Ordinal);
        Assert.Equal(2, broken.Runs);
    }

    [Fact]
    public async Task Play_NoChromium_SaysSoOnce()
    {
        var rehearsal = Rehearsal(TestChromium.None().Chromium);
        Assert.Null(await rehearsal.PlayAsync("/no/video.mp4", 2, _progress.Add, default));
        Assert.Null(await rehearsal.PlayAsync("/no/video.mp4", 2, _progress.Add, default));
        Assert.Contains("There is no Chromium", Assert.Single(_complaints.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Play_UploadThatIsCancelled_EndsChromiumAndLeavesNoFolder()
    {
        var chromium = await TestChromium.NewAsync("exec sleep 1000");
        using var cancelled = new CancellationTokenSource();
        var playing = Rehearsal(chromium.Chromium).PlayAsync("/no/video.mp4", 2, _progress.Add, cancelled.Token);
        await Wait.UntilAsync(() => chromium.Runs == 1, "it runs");
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => playing);
        Assert.False(Directory.Exists((await File.ReadAllTextAsync(chromium.PathOf("home"))).Trim()));
    }

    [Theory]
    [InlineData("", "the page was not opened", false)]
    [InlineData("hello", "it shows no first frame", true)]
    [InlineData("hello started", "it stands still after 0.0 s", true)]
    [InlineData("hello started progress:3", "it stands still after 3.0 s", true)]
    [InlineData("hello started progress:3 ended:3", "its last frame is at 3.0 of 10.0 s", true)]
    [InlineData("hello failed", "it cannot be decoded", true)]
    [InlineData("hello started progress:9.9 ended:9.9", null, true)]
    [InlineData("hello started progress:3 progress:2 nonsense ended:9.6", null, true)]
    public async Task Watch_WhatThePageReports_IsJudged(string reports, string? problem, bool isTheVideos)
    {
        var clock = new FakeTimeProvider();
        var rehearsal = new VideoRehearsal(
            TestChromium.None().Chromium, On, clock, NullLogger<VideoRehearsal>.Instance);
        var page = Channel.CreateUnbounded<PageReport>();
        var watching = rehearsal.WatchAsync(page.Reader, 10, patience: 1, _progress.Add, default);
        foreach (var report in reports.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(r => r.Split(':')))
        {
            page.Writer.TryWrite(new PageReport
            {
                Type = report[0],
                MediaTime = report.Length > 1 ? double.Parse(report[1], System.Globalization.CultureInfo.InvariantCulture) : 0,
            });
        }
        await Wait.UntilAsync(() =>
        {
            clock.Advance(PagePatience.Frame);
            return watching.IsCompleted;
        }, "it is judged");
        Assert.Equal((problem, problem is null || isTheVideos), await watching);
    }

    private VideoRehearsal Rehearsal(HeadlessChromium? chromium = null)
    {
        var log = LoggerFactory.Create(builder => builder.AddProvider(_complaints));
        return new(
            chromium ?? new(Options.Create(new ChromiumOptions()), log.CreateLogger<HeadlessChromium>()), On, TimeProvider.System,
            log.CreateLogger<VideoRehearsal>());
    }
}
