using System.Text.Json;
using FaceAd.Bench.Circuits;
using FaceAd.Core;
using FaceAd.Inference.Imaging;
using FaceAd.Web.Creatives;
using FaceAd.Web.Creatives.Transcoding;
using FaceAd.Web.Creatives.Uploads;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Bench.Fuzz;

/// <summary>Everything that takes inputs from outside, with inputs that are right.</summary>
static class FuzzTargets
{
    /// <summary>Makes the targets. Their shares sum to a thousand; films take most of the time.</summary>
    /// <param name="web">The web app.</param>
    /// <param name="senders">Who sends.</param>
    /// <param name="cancellation">Cancels making films.</param>
    public static async Task<List<FuzzTarget>> MakeAsync(HostedWeb web, FuzzedWeb senders, CancellationToken cancellation)
    {
        var pictures = await PicturesAsync(cancellation);
        var films = await FilmsAsync(cancellation);
        var now = TimeProvider.System.GetUtcNow();
        var decoder = new JpegDecoder();
        var pixels = new PixelBuffer();
        var (maker, folder) = (web.Services.GetRequiredService<VideoTranscoder>(), web.Services.GetRequiredService<UploadFolder>());
        return
        [
            new("pictures", 380, m => m.Bytes(m.One(pictures), m.One(pictures)),
                (input, _) => Task.FromResult(Decode(decoder, pixels, input))),
            new("films", 3, m => m.Bytes(m.One(films), m.One(films)), (input, stop) => MakeAsync(maker, folder, input, stop)),
            Json("campaigns", 150, Campaign, Inventory, (input, stop) => senders.AskAsync("campaigns", input, stop)),
            Json("inventory", 50, Inventory, Campaign, (input, stop) => senders.AskAsync("inventory", input, stop)),
            Json("webhooks", 30, """{"url":"https://example.com/hook","events":["campaign.ended"]}""", Campaign,
                (input, stop) => senders.AskAsync("webhooks", input, stop)),
            Json("audience reports", 150, Text(Report(now)), Campaign,
                (input, stop) => senders.ReportAsync(Routes.Audiences, "application/json", input, stop)),
            Json("play reports", 87, Text<PlayReport[]>([Play(now), Play(now)]), Text(Report(now)),
                (input, stop) => senders.ReportAsync(Routes.Plays, "application/json", input, stop)),
            Json("hub messages", 150, Message, Campaign, senders.TellAsync),
        ];
    }

    const string Campaign = """
        {"name":"Winter","startsOn":"2031-01-01","endsOn":"2031-01-31","targets":["silver","kids"],"siteIds":[],"days":["mon","tue"],
        "hours":[7,8,9],"priceModel":"flat","budgetKrw":1000000,"flights":[{"startsOn":"2031-01-01","endsOn":"2031-01-10"}],
        "delivery":{"pacing":"even"},"weights":{}}
        """;

    const string Inventory = """{"targets":["silver"],"siteIds":[],"days":["mon"],"hours":[7,8]}""";

    const string Message = """
        {"type":1,"invocationId":"1","target":"Beat","arguments":[{"sentAt":"2026-01-01T00:00:00+00:00","clockAheadMilliseconds":1.5,
        "playerVersion":"1","showing":null,"camera":1,"problem":null,"outboxPending":0,"creativesReady":3,"leftOut":[],"pageRendering":true,
        "analysing":1,"hasModels":true,"sensors":[{"kind":0,"state":1,"metres":null}],"cpuCelsius":50}]}
        """;

    static FuzzTarget Json(string name, int share, string sample, string other, Func<byte[], CancellationToken, Task<string>> take) =>
        new(name, share, m => m.Json(sample, other), take);

    static string Text<T>(T value) => JsonSerializer.Serialize(value, JsonSerializerOptions.Web);

    static string Decode(JpegDecoder decoder, PixelBuffer pixels, byte[] input)
    {
        try
        {
            decoder.DecodeRgb(input, pixels, 320);
            return "decoded";
        }
        catch (InvalidFrameException)
        {
            return "refused";
        }
    }

    static async Task<string> MakeAsync(VideoTranscoder maker, UploadFolder folder, byte[] input, CancellationToken cancellation)
    {
        var path = folder.NewScratch();
        try
        {
            await File.WriteAllBytesAsync(path, input, cancellation);
            var (_, refusal) = await maker.MakeAsync(path, 1, keepWhatFits: false, _ => { }, cancellation);
            if (refusal is CreativeRefusal.ServerTrouble) throw new FuzzException("the server is in trouble");
            return refusal?.ToString() ?? "made";
        }
        finally
        {
            File.Delete(path);
        }
    }

    static AudienceReport Report(DateTimeOffset now) => new()
    {
        AudienceId = Guid.Parse("0199a2c4-0000-7000-8000-000000000001"),
        Sequence = 1,
        OpenedAt = now.AddSeconds(-20),
        At = now.AddSeconds(-5),
        State = AudienceState.Open,
        ModelVersion = "fuzz",
        Presences =
        [
            new PresenceReport
            {
                PresenceId = Guid.Parse("0199a2c4-0000-7000-8000-000000000002"),
                TrackId = 1,
                From = now.AddSeconds(-20),
                To = now.AddSeconds(-5),
                InView = true,
                SecondsAttentive = 6,
                Segments = new(0.02, 0.9, 0.02, 0.02, 0.02, 0.02),
                AgeYears = 30,
                ChildProbability = 0.01,
                FaceArea = 0.02,
                Views = [new byte[PresenceReport.EmbeddingLength * 2]],
            },
        ],
    };

    static PlayReport Play(DateTimeOffset now) => new()
    {
        PlayId = Guid.CreateVersion7(),
        CreativeId = Guid.CreateVersion7(),
        StartedAt = now.AddSeconds(-20),
        EndedAt = now.AddSeconds(-10),
        End = PlayEnd.Completed,
        Measured = true,
        FramesPresented = 240,
    };

    static async Task<List<byte[]>> PicturesAsync(CancellationToken cancellation)
    {
        List<byte[]> pictures = [];
        foreach (var size in new[] { "64x48", "320x240" })
        {
            pictures.Add(await Ffmpeg.RunAsync(
                ["-f", "lavfi", "-i", $"testsrc=s={size}", "-frames:v", "1", "-q:v", "5", "-f", "mjpeg", "-"], cancellation));
        }
        pictures.Add([.. pictures[0][..2], .. JpegOrientation.TagOf(90), .. pictures[0][2..]]);
        return pictures;
    }

    static async Task<List<byte[]>> FilmsAsync(CancellationToken cancellation)
    {
        const string Source = "testsrc=s=320x180:r=25:d=1.2";
        string[][] kinds =
        [
            ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-movflags", "frag_keyframe+empty_moov", "-f", "mp4"],
            ["-c:v", "libvpx", "-f", "webm"],
            ["-c:v", "mpeg2video", "-f", "mpegts"],
            ["-f", "gif"],
            ["-frames:v", "1", "-c:v", "png", "-f", "image2pipe"],
        ];
        List<byte[]> films = [];
        foreach (var kind in kinds) films.Add(await Ffmpeg.RunAsync(["-f", "lavfi", "-i", Source, .. kind, "-"], cancellation));
        return films;
    }
}
