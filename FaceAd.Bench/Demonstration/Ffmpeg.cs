using System.Diagnostics;
using System.Globalization;

namespace FaceAd.Bench.Demonstration;

/// <summary>Pictures and films through the ffmpeg program of the machine.</summary>
static class Ffmpeg
{
    /// <summary>Decodes a PNG.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancel">Stops the decoder.</param>
    /// <exception cref="InvalidDataException">The file is not a picture that ffmpeg can read.</exception>
    public static async Task<Raster> ReadPngAsync(string path, CancellationToken cancel)
    {
        var (width, height) = Raster.PngSize(path);
        var pixels = new byte[width * height * 4];
        using var process = Start(["-i", path, "-f", "rawvideo", "-pix_fmt", "rgba", "-"], input: false, output: true);
        var errors = process.StandardError.ReadToEndAsync(cancel);
        var read = await process.StandardOutput.BaseStream.ReadAtLeastAsync(pixels, pixels.Length, throwOnEndOfStream: false, cancel);
        await process.WaitForExitAsync(cancel);
        if (read < pixels.Length) throw new InvalidDataException($"ffmpeg could not read {path}: {(await errors).Trim()}");
        return Raster.FromStraight(width, height, pixels);
    }

    /// <summary>Encodes frames to an H.264 MP4 without sound, a key frame every second, the index in front; replaces the file only when complete.</summary>
    /// <param name="path">The film to write.</param>
    /// <param name="canvas">What <paramref name="draw"/> draws on; its size is the film's and must be even.</param>
    /// <param name="framesPerSecond">Frame rate.</param>
    /// <param name="frames">Number of frames.</param>
    /// <param name="quality">x264's constant rate factor: 18 is transparent, 28 is poor.</param>
    /// <param name="draw">Draws one frame, by index from 0.</param>
    /// <param name="cancel">Stops the encoder.</param>
    /// <exception cref="IOException">ffmpeg failed, with its own words.</exception>
    public static async Task WriteFilmAsync(
        string path, Canvas canvas, int framesPerSecond, int frames, int quality, Action<int> draw, CancellationToken cancel)
    {
        var rate = framesPerSecond.ToString(CultureInfo.InvariantCulture);
        var temporary = path + ".part.mp4";
        // One thread count everywhere, and no version strings, so that the same frames give the same bytes on machines with the same ffmpeg.
        string[] arguments =
        [
            .. RawInput(canvas, rate), "-an", "-vf", "scale=out_color_matrix=bt709:out_range=tv", "-c:v", "libx264", "-preset", "veryfast",
            "-threads", "2", "-crf", quality.ToString(CultureInfo.InvariantCulture), "-pix_fmt", "yuv420p", "-g", rate, "-keyint_min", rate,
            "-sc_threshold", "0", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-fflags", "+bitexact",
            "-flags", "+bitexact", "-movflags", "+faststart", temporary,
        ];
        await FeedAsync(arguments, canvas, frames, draw, cancel);
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Encodes frames to JPEG files <c>00000.jpg</c>, <c>00001.jpg</c>, ... in a folder.</summary>
    /// <param name="folder">An existing folder.</param>
    /// <param name="canvas">What <paramref name="draw"/> draws on.</param>
    /// <param name="frames">Number of frames.</param>
    /// <param name="draw">Draws one frame, by index from 0.</param>
    /// <param name="cancel">Stops the encoder.</param>
    /// <exception cref="IOException">ffmpeg failed, with its own words.</exception>
    public static Task WriteJpegsAsync(string folder, Canvas canvas, int frames, Action<int> draw, CancellationToken cancel) => FeedAsync(
        [.. RawInput(canvas, "1"), "-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-q:v", "3", "-start_number", "0", Path.Combine(folder, "%05d.jpg")],
        canvas, frames, draw, cancel);

    static string[] RawInput(Canvas canvas, string rate) =>
        ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", $"{canvas.Width}x{canvas.Height}", "-framerate", rate, "-i", "-"];

    static async Task FeedAsync(string[] arguments, Canvas canvas, int frames, Action<int> draw, CancellationToken cancel)
    {
        using var process = Start(arguments, input: true, output: false);
        var errors = process.StandardError.ReadToEndAsync(cancel);
        try
        {
            for (var frame = 0; frame < frames; frame++)
            {
                draw(frame);
                await process.StandardInput.BaseStream.WriteAsync(canvas.Pixels, cancel);
            }
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The encoder has gone; what it said is the better message, below.
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
        await process.WaitForExitAsync(cancel);
        if (process.ExitCode != 0) throw new IOException($"ffmpeg failed ({process.ExitCode}): {(await errors).Trim()}");
    }

    static Process Start(IEnumerable<string> arguments, bool input, bool output)
    {
        var start = new ProcessStartInfo("ffmpeg", ["-nostdin", "-hide_banner", "-loglevel", "error", "-y", .. arguments])
        {
            RedirectStandardInput = input,
            RedirectStandardOutput = output,
            RedirectStandardError = true,
        };
        return Process.Start(start) ?? throw new IOException("ffmpeg did not start.");
    }
}
