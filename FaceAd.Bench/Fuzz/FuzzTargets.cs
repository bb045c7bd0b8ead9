using System.Text;
using System.Text.Json;
using FaceAd.Bench.Circuits;
using FaceAd.Core;
using FaceAd.Inference.Imaging;
using FaceAd.Web.Api;
using FaceAd.Web.Creatives;
using FaceAd.Web.Creatives.Transcoding;
using FaceAd.Web.Creatives.Uploads;
using FaceAd.Web.Operations;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Bench.Fuzz;

/// <summary>Everything that takes inputs from outside, with inputs that are right.</summary>
static class FuzzTargets
{
    /// <summary>Bytes of the longest address, less than the longest line of a request.</summary>
    const int MostAddress = 7000;

    /// <summary>Makes the targets. Their shares sum to a thousand; videos take most of the time.</summary>
    /// <param name="web">The web app.</param>
    /// <param name="senders">Who sends.</param>
    /// <param name="isLong">Whether there is time for many videos.</param>
    /// <param name="cancellation">Cancels making videos.</param>
    public static async Task<List<FuzzTarget>> MakeAsync(
        HostedWeb web, FuzzedWeb senders, bool isLong, CancellationToken cancellation)
    {
        var pictures = await FuzzSamples.PicturesAsync(cancellation);
        var largest = await FuzzSamples.LargestPictureAsync(cancellation);
        var videos = await FuzzSamples.VideosAsync(cancellation);
        var proofs = FuzzSamples.Proof(5);
        var now = TimeProvider.System.GetUtcNow();
        var decoder = new JpegDecoder();
        var pixels = new PixelBuffer();
        var (maker, folder) = (web.Services.GetRequiredService<VideoTranscoder>(), web.Services.GetRequiredService<UploadFolder>());
        var campaign = await senders.MakeCampaignAsync(FuzzSamples.Campaign, cancellation);
        var upload = FuzzSamples.Upload(campaign, "video.mp4");
        string[] addresses =
        [
            "campaigns?search=win&phase=draft&site=a&from=2031-01-01&to=2031-02-01&order=name&limit=10",
            $"campaigns/{campaign}/report?from=2031-01-01&to=2031-01-31&tables=sites,hours",
            $"campaigns/{campaign}/proof?from=2031-01-01&to=2031-01-05",
        ];
        var videoShare = isLong ? 8 : 3;
        return
        [
            new("pictures", 300 - videoShare, largest, m => m.Bytes(m.One(pictures), m.One(pictures)),
                (input, _) => Task.FromResult(Decode(decoder, pixels, input))),
            new("videos", videoShare, await FuzzSamples.LargestVideoAsync(isLong ? 240 : 5, cancellation),
                m => m.Bytes(m.One(videos), m.One(videos)), (input, stop) => MakeAsync(maker, folder, input, stop)),
            new("frames", 10, Padded(largest, Routes.MaxFrameBytes, 0), m => m.Bytes(m.One(pictures), m.One(pictures)), senders.ShowAsync),
            new("proofs", 50, Encoding.UTF8.GetBytes(FuzzSamples.Proof(1000)), m => Proof(m, proofs),
                (input, stop) => VerifyAsync(folder, input, stop)),
            new("queries", 50, Padded(Encoding.UTF8.GetBytes("campaigns?search="), MostAddress, (byte)'a'), m => Query(m, addresses),
                senders.QueryAsync),
            new("upload headers", 20, Encoding.UTF8.GetBytes(FuzzSamples.Upload(campaign, new string('a', 4000))),
                m => m.Bytes(Encoding.UTF8.GetBytes(upload), Encoding.UTF8.GetBytes(upload)), senders.UploadAsync),
            Json("campaigns", 140, FuzzSamples.Campaign, FuzzSamples.Inventory, ApiSetup.MaxBody,
                (input, stop) => senders.AskAsync("campaigns", input, stop)),
            Json("inventory", 40, FuzzSamples.Inventory, FuzzSamples.Campaign, ApiSetup.MaxBody,
                (input, stop) => senders.AskAsync("inventory", input, stop)),
            Json("webhooks", 30, """{"url":"https://example.com/hook","events":["campaign.ended"]}""", FuzzSamples.Campaign,
                ApiSetup.MaxBody, (input, stop) => senders.AskAsync("webhooks", input, stop)),
            Json("audience reports", 140, Text(FuzzSamples.Report(now)), FuzzSamples.Campaign, Routes.MaxReportBytes,
                (input, stop) => senders.ReportAsync(Routes.Audiences, "application/json", input, stop)),
            Json("play reports", 80, Text<PlayReport[]>([FuzzSamples.Play(now), FuzzSamples.Play(now)]), Text(FuzzSamples.Report(now)),
                Routes.MaxPlaysBytes, (input, stop) => senders.ReportAsync(Routes.Plays, "application/json", input, stop)),
            Json("hub messages", 140, FuzzSamples.Message, FuzzSamples.Campaign, Routes.MaxReportBytes - 1, senders.TellAsync),
        ];
    }

    static FuzzTarget Json(
        string name, int share, string sample, string other, int most, Func<byte[], CancellationToken, Task<string>> take) =>
        new(name, share, Padded(Encoding.UTF8.GetBytes(sample), most, (byte)' '), m => m.Json(sample, other), take);

    /// <summary>As long as it may be: JSON with blanks, a picture with what comes behind its end.</summary>
    static byte[] Padded(byte[] input, int length, byte with) =>
        [.. input, .. Enumerable.Repeat(with, Math.Max(0, length - input.Length))];

    static string Text<T>(T value) => JsonSerializer.Serialize(value, JsonSerializerOptions.Web);

    static byte[] Query(Mutator mutator, string[] addresses)
    {
        var address = mutator.One(addresses);
        var query = address.IndexOf('?', StringComparison.Ordinal) + 1;
        var spoilt = mutator.Bytes(Encoding.UTF8.GetBytes(address[query..]), [0xED, 0xA0, 0x80, 0, 0xFF]);
        return [.. Encoding.UTF8.GetBytes(address[..query]), .. spoilt];
    }

    /// <summary>A line with other values, or other bytes anywhere.</summary>
    static byte[] Proof(Mutator mutator, string proof)
    {
        var bytes = Encoding.UTF8.GetBytes(proof);
        var lines = proof.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var line = mutator.One(Enumerable.Range(0, 2 * lines.Length).ToList());
        if (line >= lines.Length) return mutator.Bytes(bytes, bytes);
        var spoilt = Encoding.UTF8.GetString(mutator.Json(lines[line], lines[^1]));
        return Encoding.UTF8.GetBytes(string.Join('\n', [.. lines[..line], spoilt, .. lines[(line + 1)..]]));
    }

    static async Task<string> VerifyAsync(UploadFolder folder, byte[] input, CancellationToken cancellation)
    {
        var path = folder.NewScratch();
        try
        {
            await File.WriteAllBytesAsync(path, input, cancellation);
            return await VerifyPlaysCommand.RunAsync(["verify-plays", path], TextWriter.Null) switch
            {
                0 => "sound",
                1 => "unsound",
                _ => "refused",
            };
        }
        finally
        {
            File.Delete(path);
        }
    }

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
}
