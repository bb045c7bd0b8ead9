using System.Security.Cryptography;
using System.Text;
using FaceAd.Core;
using FaceAd.Core.Proof;
using FaceAd.Inference.Imaging;

namespace FaceAd.Bench.Fuzz;

/// <summary>Inputs that are right.</summary>
static class FuzzSamples
{
    /// <summary>A campaign, as a program makes it.</summary>
    public const string Campaign = """
        {"name":"Winter","startsOn":"2031-01-01","endsOn":"2031-01-31","targets":["silver","kids"],"siteIds":[],"days":["mon","tue"],
        "hours":[7,8,9],"priceModel":"flat","budgetKrw":1000000,"flights":[{"startsOn":"2031-01-01","endsOn":"2031-01-10"}],
        "delivery":{"pace":"even"},"weights":{}}
        """;

    /// <summary>A question about what is free.</summary>
    public const string Inventory = """{"targets":["silver"],"siteIds":[],"days":["mon"],"hours":[7,8]}""";

    /// <summary>A sign of life of a player.</summary>
    public const string Message = """
        {"type":1,"invocationId":"1","target":"Beat","arguments":[{"sentAt":"2026-01-01T00:00:00+00:00","clockAheadMilliseconds":1.5,
        "playerVersion":"1","showing":null,"camera":1,"problem":null,"outboxPending":0,"creativesReady":3,"leftOut":[],"pageRendering":true,
        "analysing":1,"hasModels":true,"sensors":[{"kind":0,"state":1,"metres":null}],"cpuCelsius":50}]}
        """;

    /// <summary>The headers of an upload.</summary>
    public static string Upload(Guid campaign, string name) =>
        "Tus-Resumable: 1.0.0\nUpload-Length: 4\nUpload-Offset: 0\nUpload-Metadata: "
            + $"campaign {Base64($"{campaign}")},filename {Base64(name)},seconds {Base64("10")}";

    static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    /// <summary>An export of signed plays.</summary>
    public static string Proof(int plays)
    {
        using var sealer = new PlaySealer(Guid.NewGuid());
        var at = DateTimeOffset.UnixEpoch.AddDays(20_000);
        List<ProofLine> lines =
        [
            new() { Format = ProofLine.Format1, Campaign = Guid.NewGuid(), Name = "봄", From = new(2026, 3, 1), To = new(2026, 3, 7) },
            new() { Screen = sealer.ScreenId, Name = "A", Counted = plays },
        ];
        for (var i = 0; i < plays; i++)
        {
            var play = sealer.Seal(Play(at.AddSeconds(20 * i)));
            sealer.Keep(play);
            var (seal, text) = (play.Seal!, PlayPayload.Write(sealer.ScreenId, play));
            if (i == 0) lines.Add(new() { Key = sealer.Fingerprint, PublicKey = seal.Key });
            lines.Add(new()
            {
                Number = seal.Number,
                Hash = SHA256.HashData(Encoding.ASCII.GetBytes(text)),
                Payload = text,
                Previous = seal.Previous,
                Signature = seal.Signature,
            });
        }
        lines.Add(new() { Lines = lines.Count });
        return string.Join('\n', lines.Select(l => l.Write()));
    }

    /// <summary>A report of a screen.</summary>
    public static AudienceReport Report(DateTimeOffset now) => new()
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

    /// <summary>A play of a screen.</summary>
    public static PlayReport Play(DateTimeOffset now) => new()
    {
        PlayId = Guid.CreateVersion7(),
        CreativeId = Guid.CreateVersion7(),
        StartedAt = now.AddSeconds(-20),
        EndedAt = now.AddSeconds(-10),
        End = PlayEnd.Completed,
        Measured = true,
        FramesPresented = 240,
    };

    /// <summary>Small pictures, one of them turned.</summary>
    public static async Task<List<byte[]>> PicturesAsync(CancellationToken cancellation)
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

    /// <summary>As large as a frame may be.</summary>
    public static Task<byte[]> LargestPictureAsync(CancellationToken cancellation) => Ffmpeg.RunAsync(
        ["-f", "lavfi", "-i", "testsrc=s=3264x2448", "-frames:v", "1", "-q:v", "8", "-f", "mjpeg", "-"], cancellation);

    /// <summary>As long as a video may be, of as many pictures a second.</summary>
    public static Task<byte[]> LargestVideoAsync(int rate, CancellationToken cancellation) => Ffmpeg.RunAsync(
        [
            "-f", "lavfi", "-i", $"testsrc=s=160x160:r={rate}:d=60", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p",
            "-movflags", "frag_keyframe+empty_moov", "-f", "mp4", "-",
        ], cancellation);

    /// <summary>Short videos and moving pictures.</summary>
    public static async Task<List<byte[]>> VideosAsync(CancellationToken cancellation)
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
        string[][] moving = [["-c:v", "libwebp_anim", "-f", "webp"], ["-f", "apng", "-plays", "0"]];
        List<byte[]> videos = [];
        foreach (var kind in kinds) videos.Add(await Ffmpeg.RunAsync(["-f", "lavfi", "-i", Source, .. kind, "-"], cancellation));
        foreach (var kind in moving) videos.Add(await Ffmpeg.RunToFileAsync(["-f", "lavfi", "-i", Source, .. kind], cancellation));
        return videos;
    }
}
