using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using FaceAd.Tests.Player;
using FaceAd.Tests.Support;

namespace FaceAd.Tests.Creatives;

/// <summary>
/// Videos as customers send them, made by ffmpeg: what comes out is judged by what its packets, frames and pixels are, not by what its
/// header or an exit code says.
/// </summary>
public sealed class VideoMatrixTests : IDisposable
{
    private static readonly string[] Containers = ["mp4", "mov", "mkv", "webm", "mpg", "ts"];
    private readonly TestTranscoder _transcoder = new();

    /// <summary>Container, codec, rate, shape, colours and sound: each with each that go together.</summary>
    public static TheoryData<string, string, string, string, string, string> Videos()
    {
        TheoryData<string, string, string, string, string, string> videos = [];
        string[] rates = ["24000/1001", "25", "30000/1001", "50", "60000/1001", "12", "10", "1"];
        string[] shapes = ["320x180", "180x320", "400x320 64/45", "360x240 8/9", "322x182"];
        string[] sounds = ["none", "short", "long", "late", "mono8k", "5.1"];
        string[] colours = ["untagged", "bt601", "bt709 full", "bt2020", "pq", "hlg"];
        var codecs = new Dictionary<string, string[]>
        {
            ["mp4"] = ["h264", "hevc", "av1", "h264 fragmented"],
            ["mov"] = ["h264", "prores", "prores 4444"],
            ["mkv"] = ["h264", "vp9", "mpeg2"],
            ["webm"] = ["vp8", "vp9", "vp9 live"],
            ["mpg"] = ["mpeg2"],
            ["ts"] = ["h264", "mpeg2"],
        };
        var number = 0;
        foreach (var container in Containers)
        {
            foreach (var codec in codecs[container])
            {
                for (var i = 0; i < 4; i++, number++)
                {
                    // MPEG-2 knows few rates; each property goes round at its own pace, so that pairs meet.
                    var rate = codec == "mpeg2" ? rates[number % 5] : rates[number % rates.Length];
                    var colour = colours[(number + (number / 6)) % colours.Length];
                    // Only these can say that they use the whole range.
                    if (colour == "bt709 full" && !(codec is "hevc" or "av1" || codec.StartsWith("h264", StringComparison.Ordinal)
                        || codec.StartsWith("vp9", StringComparison.Ordinal))) colour = "bt601";
                    videos.Add(container, codec, rate, shapes[number % shapes.Length], colour, sounds[(number / 2) % sounds.Length]);
                }
            }
        }
        return videos;
    }

    public void Dispose() => _transcoder.Dispose();

    [Theory]
    [MemberData(nameof(Videos))]
    public async Task Make_VideoOfAnyKind_PlaysSteadilyInItsShapeAndColoursWithItsSound(
        string container, string codec, string rate, string shape, string colours, string sound)
    {
        const double seconds = 2;
        var (size, pixel) = shape.Split(' ') is [var s, var p] ? (s, p) : (shape, "1");
        var path = await TestTranscoder.FileAsync("video." + container, [
            // A grey field, a red one and a white one, each a third, with something that moves below.
            "-f", "lavfi", "-i", $"color=0x808080:s={size}:r={rate}:d={seconds}",
            .. Sound(sound, seconds),
            "-vf", Picture(size, pixel, colours), .. sound == "none" ? (string[])[] : ["-map", "0:v", "-map", "1:a"],
            .. Codec(container, codec), .. Tags(colours), .. sound == "none" ? [] : SoundCodec(container, sound),
            .. container == "mpg" ? (string[])["-f", "vob"] : []]);

        var (made, refusal) = await _transcoder.MakeAsync(path);

        Assert.True(refusal is null, $"{refusal}");
        var video = await Video.ReadAsync(_transcoder.PathOf(made!.Value));
        var wanted = Ratio(rate) switch
        {
            > 59 and < 60 => 30_000 / 1001.0,
            50 => 25,
            12 => 24,
            10 or 1 => 30,
            var usual => usual,
        };
        Assert.Equal(wanted, video.Rate, 0.01);
        Assert.InRange(video.LongestFrame, 0, (1 / wanted) + 0.001);
        Assert.InRange(video.Seconds, seconds - 0.1, seconds + 0.1);
        Assert.InRange(video.Start, 0, 0.001);
        Assert.Equal("progressive bt709 bt709 bt709 tv yuv420p 1:1", video.Kind);
        var (width, height) = Sides(size);
        var ratio = width * Ratio(pixel) / height;
        Assert.InRange(video.Width / (double)video.Height, ratio * 0.98, ratio * 1.02);
        if (sound == "none") Assert.Null(video.Sound);
        else Assert.InRange(video.Sound!.Value, video.Seconds - 0.03, video.Seconds + 0.03);
        Assert.InRange(video.SoundStart, -0.03, 0.03);
        Assert.True(video.StartsFast, "The index comes last.");
        // A key frame each second that nothing before it needs: a loop begins anywhere, a break is over soon.
        Assert.Equal(
            Enumerable.Range(0, (int)Math.Ceiling(video.Seconds - (0.5 / wanted))), video.KeyFrames.Select(k => (int)Math.Round(k)));
        Assert.All(video.KeyFrames, k => Assert.InRange(k - Math.Round(k), -0.001, 1 / wanted));
        Assert.True(video.IsClosed, "A picture before a key frame needs one behind it.");
        video.HasColours(isHdr: colours is "pq" or "hlg");
    }

    private static (int Width, int Height) Sides(string size) =>
        size.Split('x') is [var width, var height]
            ? (int.Parse(width, CultureInfo.InvariantCulture), int.Parse(height, CultureInfo.InvariantCulture))
            : throw new FormatException(size);

    private static double Ratio(string text)
    {
        var parts = text.Split('/').Select(p => double.Parse(p, CultureInfo.InvariantCulture)).ToList();
        return parts is [var over, var under] ? over / under : parts[0];
    }

    private static string Picture(string size, string pixel, string colours)
    {
        var (width, height) = Sides(size);
        var third = width / 3;
        var fields = $"drawbox=x={third}:w={third}:h={height}:c=0xC00000:t=fill,"
            + $"drawbox=x={2 * third}:w={width - (2 * third)}:h={height}:c=white:t=fill,"
            + $"drawbox=y={height * 3 / 4}:w=16:h=16:x='mod(40*t,{width - 16})':c=blue:t=fill";
        const string linear = "zscale=min=gbr:pin=709:tin=709:t=linear:p=bt2020:npl=203,format=gbrpf32le";
        var to = colours switch
        {
            "bt709 full" => "scale=out_color_matrix=bt709:out_range=pc",
            "bt2020" => "zscale=m=bt2020nc:p=bt2020:t=2020_10:r=tv:min=gbr:pin=709:tin=709",
            "pq" => $"{linear},zscale=t=smpte2084:m=bt2020nc:r=tv:npl=203,format=yuv420p10",
            "hlg" => $"{linear},zscale=t=arib-std-b67:m=bt2020nc:r=tv:npl=203,format=yuv420p10",
            _ => "scale=out_color_matrix=bt601:out_range=tv", // as television has it
        };
        return $"format=gbrp,{fields},format=gbrp,{to},setsar={pixel}{(Tags(colours) is [] ? "" : ",setparams=" + string.Join(':', Said(colours)))}";
    }

    private static string[] Tags(string colours) => colours switch
    {
        "untagged" => [],
        "bt601" => ["-color_primaries", "smpte170m", "-color_trc", "smpte170m", "-colorspace", "smpte170m"],
        "bt709 full" => ["-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "pc"],
        "bt2020" => ["-color_primaries", "bt2020", "-color_trc", "bt2020-10", "-colorspace", "bt2020nc"],
        "pq" => ["-color_primaries", "bt2020", "-color_trc", "smpte2084", "-colorspace", "bt2020nc"],
        _ => ["-color_primaries", "bt2020", "-color_trc", "arib-std-b67", "-colorspace", "bt2020nc"],
    };

    // Some encoders go by what the pictures say.
    private static IEnumerable<string> Said(string colours) => Tags(colours).Chunk(2).Select(t => t[0] switch
    {
        "-color_range" => "range=" + t[1],
        var name => $"{name[1..]}={t[1]}",
    });

    private static string[] Codec(string container, string codec) => codec switch
    {
        "h264" => ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"],
        "h264 fragmented" =>
            ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-movflags", "frag_keyframe+empty_moov+default_base_moof"],
        "hevc" => ["-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le", "-x265-params", "log-level=none"],
        "av1" => ["-c:v", "libsvtav1", "-preset", "12", "-pix_fmt", "yuv420p10le"],
        "vp8" => ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-pix_fmt", "yuv420p"],
        "vp9" => ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-pix_fmt", "yuv420p"],
        "vp9 live" => // as browsers record: no duration
            ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-pix_fmt", "yuv420p", "-f", container, "-live", "1"],
        "prores" => ["-c:v", "prores_ks", "-profile:v", "0", "-pix_fmt", "yuv422p10le"],
        "prores 4444" => ["-c:v", "prores_ks", "-profile:v", "4", "-pix_fmt", "yuva444p10le"],
        _ => ["-c:v", "mpeg2video", "-b:v", "4M", "-pix_fmt", "yuv420p"],
    };

    private static string[] Sound(string sound, double seconds) => sound switch
    {
        "none" => [],
        "short" => ["-f", "lavfi", "-i", $"sine=f=440:d={seconds / 2}"],
        "long" => ["-f", "lavfi", "-i", $"sine=f=440:d={seconds * 4}"],
        "late" => ["-itsoffset", "0.5", "-f", "lavfi", "-i", $"sine=f=440:d={seconds}"],
        "mono8k" => ["-f", "lavfi", "-i", $"sine=f=440:r=8000:d={seconds}"],
        _ => ["-f", "lavfi", "-i", $"sine=f=440:d={seconds},pan=5.1|c0=c0|c1=c0|c2=c0|c3=c0|c4=c0|c5=c0"],
    };

    private static string[] SoundCodec(string container, string sound) => container switch
    {
        "mp4" => ["-c:a", "aac"],
        "mov" => sound == "short" ? ["-c:a", "alac"] : ["-c:a", "pcm_s24be"],
        "mkv" => sound == "5.1" ? ["-c:a", "flac"] : ["-c:a", "libmp3lame", "-ar", "44100"],
        "webm" => ["-c:a", "libopus", "-ar", "48000", .. sound == "5.1" ? (string[])["-ac", "2"] : []],
        _ => sound == "5.1" ? ["-c:a", "ac3"] : ["-c:a", "mp2", "-ar", "44100"],
    };

    /// <summary>A video as it is, by its packets and pixels.</summary>
    private sealed record Video(
        double Rate, double LongestFrame, double Start, double Seconds, string Kind, int Width, int Height, double? Sound,
        double SoundStart, IReadOnlyList<double> KeyFrames, bool IsClosed, bool StartsFast, string Path)
    {
        public static async Task<Video> ReadAsync(string path)
        {
            var (_, printed, _) = await Programs.RunAsync("ffprobe", ["-v", "error", "-show_streams", "-show_entries",
                "packet=stream_index,pts_time,duration_time,flags", "-of", "json", path]);
            using var json = JsonDocument.Parse(printed);
            var streams = json.RootElement.GetProperty("streams").EnumerateArray().ToList();
            var video = streams.Single(s => Text(s, "codec_type") == "video");
            var sound = streams.SingleOrDefault(s => Text(s, "codec_type") == "audio");
            var packets = json.RootElement.GetProperty("packets").EnumerateArray()
                .Where(p => p.GetProperty("stream_index").GetInt32() == video.GetProperty("index").GetInt32())
                .Select(p => (At: Number(p, "pts_time"), IsKey: Text(p, "flags").StartsWith('K'))).ToList();
            var shown = packets.Select(p => p.At).Order().ToList();
            var keys = packets.Index().Where(p => p.Item.IsKey).ToList();
            var gaps = shown.Zip(shown.Skip(1), (a, b) => b - a).ToList();
            var mean = (shown[^1] - shown[0]) / gaps.Count;
            return new Video(
                1 / mean, gaps.Max(), shown[0], shown[^1] + mean - shown[0],
                string.Join(' ', new[] { "field_order", "color_primaries", "color_transfer", "color_space", "color_range", "pix_fmt",
                    "sample_aspect_ratio" }.Select(n => Text(video, n))),
                video.GetProperty("width").GetInt32(), video.GetProperty("height").GetInt32(),
                sound.ValueKind == JsonValueKind.Undefined ? null : Number(sound, "duration"),
                sound.ValueKind == JsonValueKind.Undefined ? 0 : Number(sound, "start_time"), [.. keys.Select(k => k.Item.At)],
                packets[0].IsKey && keys.TrueForAll(k => packets.Skip(k.Index).All(p => p.At >= k.Item.At)),
                Boxes(await File.ReadAllBytesAsync(path)) is var boxes && boxes.IndexOf("moov") is >= 0 and var index
                    && index < boxes.IndexOf("mdat"), path);
        }

        private static List<string> Boxes(byte[] file)
        {
            List<string> names = [];
            for (var at = 0; at + 8 <= file.Length; at += Math.Max(8, BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at))))
                names.Add(System.Text.Encoding.ASCII.GetString(file, at + 4, 4));
            return names;
        }

        /// <summary>Grey, red and white as they were drawn; of a high dynamic range perhaps darker or lighter, of the same hue.</summary>
        public void HasColours(bool isHdr)
        {
            var pixels = PixelsAsync().GetAwaiter().GetResult();
            (int R, int G, int B) At(double x) => (pixels[Place(x)], pixels[Place(x) + 1], pixels[Place(x) + 2]);
            int Place(double x) => 3 * ((Height / 4 * Width) + (int)(x * Width));
            var (grey, red, white) = (At(1 / 6.0), At(0.5), At(5 / 6.0));
            var said = $"grey {grey}, red {red}, white {white}";
            var slack = isHdr ? 50 : 8;
            Assert.True(Math.Abs(grey.R - 128) <= slack && Math.Abs(grey.R - grey.G) <= 8 && Math.Abs(grey.G - grey.B) <= 8, said);
            Assert.True(Math.Abs(red.R - 192) <= slack && red.G <= (isHdr ? 60 : 16) && red.B <= (isHdr ? 60 : 16), said);
            Assert.True(white.R >= 255 - slack && white.G >= 255 - slack && white.B >= 255 - slack, said);
        }

        private async Task<byte[]> PixelsAsync()
        {
            var raw = System.IO.Path.ChangeExtension(Path, ".rgb");
            await TestClips.RunAsync("ffmpeg", ["-nostdin", "-v", "error", "-y", "-ss", "1", "-i", Path, "-frames:v", "1", "-vf",
                "scale=in_color_matrix=bt709:in_range=tv", "-pix_fmt", "rgb24", "-f", "rawvideo", raw]);
            return await File.ReadAllBytesAsync(raw);
        }

        private static string Text(JsonElement of, string name) => of.TryGetProperty(name, out var value) ? value.ToString() : "-";

        private static double Number(JsonElement of, string name) => double.Parse(Text(of, name), CultureInfo.InvariantCulture);
    }
}
