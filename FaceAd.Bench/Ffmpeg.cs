using System.ComponentModel;
using System.Globalization;
using System.Text;
using CliWrap;
using FaceAd.Inference.Imaging;

namespace FaceAd.Bench;

/// <summary>Decodes pictures with the machine's ffmpeg, in one child process each.</summary>
static class Ffmpeg
{
    /// <summary>Maximum size of a picture from ffmpeg, in pixels.</summary>
    const int MaxPixels = 100_000_000;

    /// <summary>Decodes the first frame of any picture that ffmpeg supports.</summary>
    /// <param name="path">The file.</param>
    /// <param name="into">Receives RGB pixels.</param>
    /// <param name="cancellation">Cancels decoding.</param>
    /// <exception cref="InvalidFrameException">ffmpeg is missing or cannot read the file.</exception>
    public static async Task ReadPictureAsync(string path, PixelBuffer into, CancellationToken cancellation)
    {
        var ppm = await RunAsync(
            ["-i", "file:" + path, "-frames:v", "1", "-pix_fmt", "rgb24", "-c:v", "ppm", "-f", "image2pipe", "-"], cancellation);
        ReadPpm(ppm, into);
    }

    /// <summary>Runs ffmpeg and returns its standard output.</summary>
    /// <param name="arguments">Arguments of ffmpeg.</param>
    /// <param name="cancellation">Cancels the run.</param>
    /// <exception cref="InvalidFrameException">ffmpeg is missing or failed.</exception>
    public static async Task<byte[]> RunAsync(IEnumerable<string> arguments, CancellationToken cancellation)
    {
        using var output = new MemoryStream();
        var errors = new StringBuilder();
        try
        {
            var ended = await Cli.Wrap("ffmpeg").WithArguments(["-nostdin", "-hide_banner", "-loglevel", "error", "-y", .. arguments])
                .WithStandardOutputPipe(PipeTarget.ToStream(output)).WithStandardErrorPipe(PipeTarget.ToStringBuilder(errors))
                .WithValidation(CommandResultValidation.None).ExecuteAsync(cancellation);
            if (ended.ExitCode == 0 && output.Length > 0) return output.ToArray();
        }
        catch (Win32Exception e)
        {
            throw new InvalidFrameException("ffmpeg is missing. Install the package ffmpeg.", e);
        }
        throw new InvalidFrameException($"ffmpeg cannot read the picture: {LastLine(errors.ToString())}");
    }

    /// <summary>Runs ffmpeg and returns the file that it writes; some formats need one to go back in.</summary>
    /// <param name="arguments">Arguments of ffmpeg without the output.</param>
    /// <param name="cancellation">Cancels the run.</param>
    /// <exception cref="InvalidFrameException">ffmpeg is missing or failed.</exception>
    public static async Task<byte[]> RunToFileAsync(IEnumerable<string> arguments, CancellationToken cancellation)
    {
        var path = Path.GetTempFileName();
        try
        {
            // What it prints besides shows that it has come to its end.
            await RunAsync([.. arguments, path, "-f", "lavfi", "-i", "anullsrc=d=0.01", "-f", "u8", "-"], cancellation);
            return await File.ReadAllBytesAsync(path, cancellation);
        }
        finally
        {
            File.Delete(path);
        }
    }

    static string LastLine(string errors) =>
        errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "no reason given";

    /// <summary>Reads a binary PPM (P6) of 8 bits per channel.</summary>
    static void ReadPpm(ReadOnlySpan<byte> ppm, PixelBuffer into)
    {
        var at = 0;
        Span<int> header = stackalloc int[3];
        if (!ppm.StartsWith("P6"u8)) throw new InvalidFrameException("ffmpeg returned no picture.");
        at += 2;
        for (var i = 0; i < 3; i++)
        {
            while (at < ppm.Length && char.IsWhiteSpace((char)ppm[at])) at++;
            var from = at;
            while (at < ppm.Length && char.IsAsciiDigit((char)ppm[at])) at++;
            if (!int.TryParse(ppm[from..at], NumberStyles.None, CultureInfo.InvariantCulture, out header[i]))
                throw new InvalidFrameException("ffmpeg returned a damaged picture.");
        }
        at++;
        var pixels = (long)header[0] * header[1];
        if (header[2] != 255 || pixels is < 1 or > MaxPixels || ppm.Length - at < pixels * 3)
            throw new InvalidFrameException("ffmpeg returned a damaged or too large picture.");
        into.Resize(header[0], header[1], 3);
        ppm.Slice(at, (int)pixels * 3).CopyTo(into.Pixels);
    }
}
