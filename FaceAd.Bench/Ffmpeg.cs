using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using FaceAd.Bench.Demonstration;
using FaceAd.Inference.Imaging;

namespace FaceAd.Bench;

/// <summary>Pictures and films through the ffmpeg program of the machine, a child process for each.</summary>
static class Ffmpeg
{
    /// <summary>The largest picture taken from ffmpeg, in pixels.</summary>
    const int MaxPixels = 100_000_000;

    /// <summary>Decodes the first frame of any picture that ffmpeg knows.</summary>
    /// <param name="path">The file.</param>
    /// <param name="into">Receives red, green, blue.</param>
    /// <param name="cancellation">Stops the decoder.</param>
    /// <exception cref="InvalidFrameException">ffmpeg is missing or cannot read it.</exception>
    public static async Task ReadPictureAsync(string path, PixelBuffer into, CancellationToken cancellation)
    {
        var ppm = await RunAsync(["-i", "file:" + path, "-frames:v", "1", "-pix_fmt", "rgb24", "-c:v", "ppm", "-f", "image2pipe", "-"], cancellation);
        ReadPpm(ppm, into);
    }

    /// <summary>Decodes a PNG with its transparency.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellation">Stops the decoder.</param>
    /// <exception cref="InvalidDataException">The file is not a picture that ffmpeg can read.</exception>
    public static async Task<Raster> ReadPngAsync(string path, CancellationToken cancellation)
    {
        var (width, height) = Raster.PngSize(path);
        try
        {
            var pixels = await RunAsync(["-i", "file:" + path, "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "rgba", "-"], cancellation);
            return pixels.Length == width * height * 4
                ? Raster.FromStraight(width, height, pixels)
                : throw new InvalidDataException($"{path} is a damaged picture.");
        }
        catch (InvalidFrameException e)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Runs ffmpeg and gives what it wrote to its standard output.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="InvalidFrameException">ffmpeg is missing or failed.</exception>
    public static async Task<byte[]> RunAsync(IEnumerable<string> arguments, CancellationToken cancellation)
    {
        using var process = StartReader(arguments);
        try
        {
            process.StandardInput.Close();
            var output = new MemoryStream();
            var errors = process.StandardError.ReadToEndAsync(cancellation);
            await process.StandardOutput.BaseStream.CopyToAsync(output, cancellation);
            await process.WaitForExitAsync(cancellation);
            if (process.ExitCode == 0 && output.Length > 0) return output.ToArray();
            throw new InvalidFrameException($"ffmpeg cannot read the picture: {LastLine(await errors)}");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>Encodes frames to an H.264 MP4 without sound, a key frame every second, the index in front; replaces the file only when complete.</summary>
    /// <param name="path">The film to write.</param>
    /// <param name="canvas">What <paramref name="draw"/> draws on; its size is the film's and must be even.</param>
    /// <param name="framesPerSecond">Frame rate.</param>
    /// <param name="frames">Number of frames.</param>
    /// <param name="quality">x264's constant rate factor: 18 is transparent, 28 is poor.</param>
    /// <param name="draw">Draws one frame, by index from 0.</param>
    /// <param name="cancellation">Stops the encoder.</param>
    /// <exception cref="IOException">ffmpeg failed, with its own words.</exception>
    public static async Task WriteFilmAsync(
        string path, Canvas canvas, int framesPerSecond, int frames, int quality, Action<int> draw, CancellationToken cancellation)
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
        await FeedAsync(arguments, canvas, frames, draw, cancellation);
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Encodes frames to JPEG files <c>00000.jpg</c>, <c>00001.jpg</c>, ... in a folder.</summary>
    /// <param name="folder">An existing folder.</param>
    /// <param name="canvas">What <paramref name="draw"/> draws on.</param>
    /// <param name="frames">Number of frames.</param>
    /// <param name="draw">Draws one frame, by index from 0.</param>
    /// <param name="cancellation">Stops the encoder.</param>
    /// <exception cref="IOException">ffmpeg failed, with its own words.</exception>
    public static Task WriteJpegsAsync(string folder, Canvas canvas, int frames, Action<int> draw, CancellationToken cancellation) => FeedAsync(
        [.. RawInput(canvas, "1"), "-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-q:v", "3", "-start_number", "0", Path.Combine(folder, "%05d.jpg")],
        canvas, frames, draw, cancellation);

    static string[] RawInput(Canvas canvas, string rate) =>
        ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", $"{canvas.Width}x{canvas.Height}", "-framerate", rate, "-i", "-"];

    static async Task FeedAsync(string[] arguments, Canvas canvas, int frames, Action<int> draw, CancellationToken cancellation)
    {
        using var process = Start(arguments);
        var errors = process.StandardError.ReadToEndAsync(cancellation);
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        try
        {
            for (var frame = 0; frame < frames; frame++)
            {
                draw(frame);
                await process.StandardInput.BaseStream.WriteAsync(canvas.Pixels, cancellation);
            }
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The encoder has gone; what it said is the better message, below.
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        await process.WaitForExitAsync(cancellation);
        await output;
        if (process.ExitCode != 0) throw new IOException($"ffmpeg failed ({process.ExitCode}): {(await errors).Trim()}");
    }

    static Process StartReader(IEnumerable<string> arguments)
    {
        try
        {
            return Start(arguments);
        }
        catch (IOException e)
        {
            throw new InvalidFrameException(e.Message, e);
        }
    }

    /// <exception cref="IOException">ffmpeg is missing.</exception>
    static Process Start(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("ffmpeg", ["-nostdin", "-hide_banner", "-loglevel", "error", "-y", .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            return Process.Start(start) ?? throw new IOException("ffmpeg did not start.");
        }
        catch (Win32Exception e)
        {
            throw new IOException("ffmpeg is not installed; install the package ffmpeg.", e);
        }
    }

    static string LastLine(string errors) =>
        errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "no reason given";

    /// <summary>Reads a binary PPM (P6) of 8 bits per channel.</summary>
    static void ReadPpm(ReadOnlySpan<byte> ppm, PixelBuffer into)
    {
        var at = 0;
        Span<int> header = stackalloc int[3];
        if (!ppm.StartsWith("P6"u8)) throw new InvalidFrameException("ffmpeg gave no picture.");
        at += 2;
        for (var i = 0; i < 3; i++)
        {
            while (at < ppm.Length && char.IsWhiteSpace((char)ppm[at])) at++;
            var from = at;
            while (at < ppm.Length && char.IsAsciiDigit((char)ppm[at])) at++;
            if (!int.TryParse(ppm[from..at], NumberStyles.None, CultureInfo.InvariantCulture, out header[i]))
                throw new InvalidFrameException("ffmpeg gave a damaged picture.");
        }
        at++;
        var pixels = (long)header[0] * header[1];
        if (header[2] != 255 || pixels is < 1 or > MaxPixels || ppm.Length - at < pixels * 3)
            throw new InvalidFrameException("ffmpeg gave a damaged or too large picture.");
        into.Resize(header[0], header[1], 3);
        ppm.Slice(at, (int)pixels * 3).CopyTo(into.Pixels);
    }
}
