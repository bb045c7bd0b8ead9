using System.Threading.Channels;
using FaceAd.Core;
using FaceAd.Web.Hosting;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Creatives.Rehearsal;

/// <summary>
/// Plays a video once in the players' page, in a Chromium of its own: first frame, steady progress, last frame. What does not play there
/// would not play on a screen.
/// </summary>
sealed class VideoRehearsal(
    HeadlessChromium chromium, IOptions<MediaOptions> options, TimeProvider clock, ILogger<VideoRehearsal> log)
{
    // How much of a video's end may be without a frame of its own, in seconds: two frames at the least rate, and the page's rounding.
    private const double LastFrames = 0.5;

    // For the browser, which here starts beside other work. On a screen it is there already.
    private static readonly TimeSpan BrowserPatience = TimeSpan.FromSeconds(60);

    private static readonly string[] Arguments =
        ["--autoplay-policy=no-user-gesture-required", "--window-size=640,360", "--hide-scrollbars"];

    private int _saidMissing;

    /// <summary>Plays it; a second time when it stood still, which a busy server may be the reason of.</summary>
    /// <param name="video">Path of the video.</param>
    /// <param name="seconds">Its length.</param>
    /// <param name="progress">Receives the share that has been played, 0..1.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>Null when it plays, or when this server's Chromium cannot tell, which is logged; otherwise how it fails.</returns>
    /// <exception cref="IOException">The disk is full, or cannot be written.</exception>
    public async Task<string?> PlayAsync(string video, double seconds, Action<double> progress, CancellationToken cancellation)
    {
        if (!options.Value.PlayBeforeApproval) return null;
        if (chromium.Program is null)
        {
            if (Interlocked.Exchange(ref _saidMissing, 1) == 0)
                log.LogWarning("There is no Chromium: videos are not played before their approval. Install it, or set Chromium:Path.");
            return null;
        }
        var tried = await TryAsync(video, seconds, patience: 1, progress, cancellation);
        if (tried.Problem is not null)
        {
            log.LogInformation("A video did not play in the players' page and is tried once more: {Reason}", tried.Problem);
            tried = await TryAsync(video, seconds, patience: 3, progress, cancellation);
        }
        if (tried.Problem is not { } problem) return null;
        if (tried.IsTheVideos && await PlaysOursAsync(cancellation))
        {
            log.LogWarning("A video of {Seconds:0.0} s does not play in the players' page and is refused: {Reason}", seconds, problem);
            return problem;
        }
        log.LogError("A video could not be played before its approval, which is no fault of the video's: {Reason}", problem);
        return null;
    }

    // A Chromium may lack the codec, or play nothing at all: then it cannot judge.
    private async Task<bool> PlaysOursAsync(CancellationToken cancellation)
    {
        var folder = HeadlessChromium.NewFolder();
        try
        {
            var video = Path.Combine(folder, "ours.mp4");
            string[] arguments =
            [
                "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc=s=320x180:r=25:d=1", "-c:v", "libx264",
                "-pix_fmt", "yuv420p", video,
            ];
            await ChildProcess.RunAsync("ffmpeg", arguments, BrowserPatience, cancellation);
            return File.Exists(video) && (await TryAsync(video, 1, patience: 3, _ => { }, cancellation)).Problem is null;
        }
        finally
        {
            chromium.Delete(folder);
        }
    }

    private async Task<(string? Problem, bool IsTheVideos)> TryAsync(
        string video, double seconds, int patience, Action<double> progress, CancellationToken cancellation)
    {
        var folder = HeadlessChromium.NewFolder();
        try
        {
            await using var stage = await RehearsalStage.OpenAsync(video, cancellation);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var limit = BrowserPatience + (patience * (PagePatience.Start + TimeSpan.FromSeconds(2 * seconds)));
            var page = new Uri(stage.Address);
            string[] reach = [$"--proxy-bypass-list=<-loopback>;{page.Authority}"]; // this page, and nothing else of this machine
            var running = chromium.RunAsync(folder, [.. Arguments, .. reach, page.AbsoluteUri], limit, end.Token);
            var watching = WatchAsync(stage.Reports, seconds, patience, progress, end.Token);
            try
            {
                return await Task.WhenAny(running, watching) == watching ? await watching
                    : ($"Chromium ended: {await running ?? "it gave no reason"}", false);
            }
            finally
            {
                await end.CancelAsync();
                await Task.WhenAll(running, (Task)watching).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        finally
        {
            chromium.Delete(folder);
        }
    }

    /// <summary>Follows what the page reports.</summary>
    /// <returns>No problem when the video has played to its end; otherwise what was wrong, and whether with the video.</returns>
    internal async Task<(string? Problem, bool IsTheVideos)> WatchAsync(
        ChannelReader<PageReport> reports, double seconds, int patience, Action<double> progress, CancellationToken cancellation)
    {
        var (limit, missing, at, opened) = (BrowserPatience, "the page was not opened", 0d, false);
        while (true)
        {
            PageReport report;
            try
            {
                report = await reports.ReadAsync(cancellation).AsTask().WaitAsync(limit, clock, cancellation);
            }
            catch (TimeoutException)
            {
                return (missing, opened);
            }
            catch (ChannelClosedException)
            {
                return ("the page has gone", opened);
            }
            at = Math.Max(at, report.MediaTime);
            switch (report.Type)
            {
                case "hello":
                    (limit, missing, opened) = (patience * PagePatience.Start, "it shows no first frame", true);
                    break;
                case "started" or "progress":
                    (limit, missing) = (patience * PagePatience.Frame, $"it stands still after {at:0.0} s");
                    progress(Math.Min(1, at / seconds));
                    break;
                case "ended":
                    return (at >= seconds - (patience * LastFrames) ? null : $"its last frame is at {at:0.0} of {seconds:0.0} s", true);
                case "failed":
                    return (report.Reason ?? "it cannot be decoded", true);
            }
        }
    }
}
