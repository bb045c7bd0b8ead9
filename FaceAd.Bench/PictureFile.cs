using FaceAd.Inference;
using FaceAd.Inference.Imaging;

namespace FaceAd.Bench;

/// <summary>Reads picture files: JPEG by the pipeline itself, other formats through ffmpeg.</summary>
static class PictureFile
{
    /// <summary>Photographs may be larger than frames from a screen.</summary>
    public static JpegLimits Limits { get; } = new() { MaxBytes = 64 * 1024 * 1024, MaxSide = 16384, MaxPixels = 100_000_000 };

    static readonly string[] Extensions = [".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".ppm"];

    /// <summary>Whether a file's extension is that of a picture.</summary>
    /// <param name="path">The file.</param>
    public static bool IsPicture(string path) => Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>Finds the faces of a picture, with landmarks, pose and sharpness.</summary>
    /// <param name="chain">The production pipeline, made with <see cref="Limits"/>.</param>
    /// <param name="path">The file.</param>
    /// <param name="frame">Receives the faces.</param>
    /// <param name="cancellation">Cancels reading.</param>
    /// <exception cref="InvalidFrameException">The file is not a picture, or is damaged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Task FindAsync(FaceChain chain, string path, FaceFrame frame, CancellationToken cancellation) =>
        ReadAsync(path, jpeg => chain.Find(jpeg, frame), rgb => chain.Find(rgb, frame), cancellation);

    /// <summary>Runs the whole pipeline over a picture; otherwise as <see cref="FindAsync"/>.</summary>
    /// <param name="chain">The production pipeline, made with <see cref="Limits"/>.</param>
    /// <param name="path">The file.</param>
    /// <param name="frame">Receives the faces.</param>
    /// <param name="cancellation">Cancels reading.</param>
    public static Task AnalyzeAsync(FaceChain chain, string path, FaceFrame frame, CancellationToken cancellation) =>
        ReadAsync(path, jpeg => chain.Analyze(jpeg, frame), rgb => chain.Analyze(rgb, frame), cancellation);

    /// <summary>Decodes a picture to RGB.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellation">Cancels reading.</param>
    /// <exception cref="InvalidFrameException">The file is not a picture, or is damaged.</exception>
    public static async Task<PixelBuffer> ReadAsync(string path, CancellationToken cancellation)
    {
        var pixels = new PixelBuffer();
        await ReadAsync(
            path,
            jpeg =>
            {
                using var decoder = new JpegDecoder(Limits);
                decoder.DecodeRgb(jpeg, pixels);
            },
            rgb => pixels = rgb,
            cancellation);
        return pixels;
    }

    static async Task ReadAsync(string path, Action<byte[]> withJpeg, Action<PixelBuffer> withPixels, CancellationToken cancellation)
    {
        var content = await File.ReadAllBytesAsync(path, cancellation);
        if (content is [0xFF, 0xD8, ..])
        {
            withJpeg(content);
            return;
        }
        if (content.Length == 0) throw new InvalidFrameException("The picture is empty.");
        var pixels = new PixelBuffer();
        await Ffmpeg.ReadPictureAsync(path, pixels, cancellation);
        withPixels(pixels);
    }
}
