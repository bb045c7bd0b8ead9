using FaceAd.Inference.Imaging;
using FaceAd.Tests.Support;

namespace FaceAd.Tests.Player;

/// <summary>Clips and pictures made by ffmpeg on the spot.</summary>
internal static class TestClips
{
    /// <summary>Makes an H.264 clip from a source of ffmpeg's lavfi.</summary>
    public static Task MakeAsync(string path, string source) => RunAsync(
        "ffmpeg", "-nostdin", "-loglevel", "error", "-y", "-f", "lavfi", "-i", source, "-c:v", "libx264", "-preset", "ultrafast",
        "-pix_fmt", "yuv420p",
        "-colorspace", "bt709", "-movflags", "+faststart", path);

    /// <summary>Makes numbered JPEGs from a source of ffmpeg's lavfi.</summary>
    public static Task PicturesAsync(string folder, string prefix, string source, int count) => RunAsync(
        "ffmpeg", "-nostdin", "-loglevel", "error", "-y", "-f", "lavfi", "-i", source, "-frames:v", $"{count}", "-q:v", "4",
        Path.Combine(folder, prefix + "%03d.jpg"));

    /// <summary>The colour in the middle of a JPEG.</summary>
    public static (int R, int G, int B) Centre(byte[] jpeg)
    {
        using var decoder = new JpegDecoder();
        var pixels = new PixelBuffer();
        decoder.DecodeRgb(jpeg, pixels);
        var at = pixels.Row(pixels.Height / 2)[(pixels.Width / 2 * 3)..];
        return (at[0], at[1], at[2]);
    }

    /// <summary>Runs a program and expects it to succeed.</summary>
    public static async Task RunAsync(string program, params string[] arguments)
    {
        var (code, _, errors) = await Programs.RunAsync(program, arguments);
        Assert.True(code == 0, errors);
    }
}
