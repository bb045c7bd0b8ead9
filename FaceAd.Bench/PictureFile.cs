using FaceAd.Inference;
using FaceAd.Inference.Imaging;

namespace FaceAd.Bench;

/// <summary>Pictures of people's own: JPEG by the chain itself, whatever else ffmpeg knows through ffmpeg.</summary>
static class PictureFile
{
    /// <summary>People's own photographs are larger than frames from a screen.</summary>
    public static JpegLimits Limits { get; } = new() { MaxBytes = 64 * 1024 * 1024, MaxSide = 16384, MaxPixels = 100_000_000 };

    /// <summary>Finds the faces of a picture, their points, pose and sharpness.</summary>
    /// <param name="chain">The production chain, made with <see cref="Limits"/>.</param>
    /// <param name="path">The file.</param>
    /// <param name="frame">Receives the faces.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="InvalidFrameException">The file is no picture, or damaged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Task FindAsync(FaceChain chain, string path, FaceFrame frame, CancellationToken cancellation) =>
        ReadAsync(path, jpeg => chain.Find(jpeg, frame), rgb => chain.Find(rgb, frame), cancellation);

    /// <summary>Runs the whole chain over a picture; otherwise like <see cref="FindAsync"/>.</summary>
    /// <param name="chain">The production chain, made with <see cref="Limits"/>.</param>
    /// <param name="path">The file.</param>
    /// <param name="frame">Receives the faces.</param>
    /// <param name="cancellation">Stops reading.</param>
    public static Task AnalyzeAsync(FaceChain chain, string path, FaceFrame frame, CancellationToken cancellation) =>
        ReadAsync(path, jpeg => chain.Analyze(jpeg, frame), rgb => chain.Analyze(rgb, frame), cancellation);

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
