using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using SkiaSharp;

namespace FaceAd.Demo;

/// <summary>Encodes drawn frames as H.264 video, with the machine's ffmpeg.</summary>
static class Video
{
    /// <summary>Writes an MP4 without sound, with a key frame every second and fast start; replaces the file only when complete.</summary>
    /// <param name="path">Path of the video.</param>
    /// <param name="size">Size in pixels; even.</param>
    /// <param name="framesPerSecond">Frame rate.</param>
    /// <param name="frames">Number of frames.</param>
    /// <param name="quality">x264's constant rate factor: 18 is visually lossless, 28 is poor.</param>
    /// <param name="draw">Draws one frame, covering the whole canvas, by index from 0.</param>
    /// <param name="cancel">Cancels encoding.</param>
    /// <exception cref="IOException">ffmpeg is missing or failed; the message has its output.</exception>
    public static async Task WriteAsync(
        string path, SKSizeI size, int framesPerSecond, int frames, int quality, Action<SKCanvas, int> draw, CancellationToken cancel)
    {
        var rate = framesPerSecond.ToString(CultureInfo.InvariantCulture);
        var part = path + ".part.mp4";
        using var frame = new SKBitmap(new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Premul));
        using var canvas = new SKCanvas(frame);
        // A fixed thread count and no version strings, so that the same ffmpeg gives the same bytes for the same frames.
        using var ffmpeg = Start(
        [
            "-f", "rawvideo", "-pix_fmt", "rgba", "-s", $"{size.Width}x{size.Height}", "-framerate", rate, "-i", "-",
            "-vf", "scale=out_color_matrix=bt709:out_range=tv", "-c:v", "libx264", "-preset", "superfast",
            "-threads", "2", "-crf", quality.ToString(CultureInfo.InvariantCulture), "-pix_fmt", "yuv420p", "-g", rate, "-keyint_min", rate,
            "-sc_threshold", "0", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-fflags", "+bitexact",
            "-flags", "+bitexact", "-movflags", "+faststart", part,
        ]);
        var errors = ffmpeg.StandardError.ReadToEndAsync(cancel);
        var pixels = new byte[frame.ByteCount];
        try
        {
            for (var i = 0; i < frames; i++)
            {
                draw(canvas, i);
                frame.GetPixelSpan().CopyTo(pixels);
                await ffmpeg.StandardInput.BaseStream.WriteAsync(pixels, cancel);
            }
            ffmpeg.StandardInput.Close();
        }
        catch (IOException)
        {
            // The encoder has exited; its own output makes the better message, below.
        }
        catch (OperationCanceledException)
        {
            ffmpeg.Kill(entireProcessTree: true);
            throw;
        }
        await ffmpeg.WaitForExitAsync(cancel);
        if (ffmpeg.ExitCode != 0) throw new IOException($"ffmpeg failed ({ffmpeg.ExitCode}): {(await errors).Trim()}");
        File.Move(part, path, overwrite: true);
    }

    static Process Start(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("ffmpeg", ["-nostdin", "-hide_banner", "-loglevel", "error", "-y", .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
        };
        try
        {
            return Process.Start(start) ?? throw new IOException("ffmpeg did not start.");
        }
        catch (Win32Exception e)
        {
            throw new IOException("ffmpeg is missing. Install the package ffmpeg.", e);
        }
    }
}
