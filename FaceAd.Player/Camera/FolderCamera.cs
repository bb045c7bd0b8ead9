using System.Runtime.CompilerServices;
using FaceAd.Core;

namespace FaceAd.Player.Camera;

/// <summary>Plays the JPEG files of a folder in a loop, ordered by name, at a fixed rate.</summary>
sealed class FolderCamera(string folder, double fps, byte[] tag, TimeProvider time) : CameraSource
{
    public override async IAsyncEnumerable<JpegFrame> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1 / fps), time);
        while (true)
        {
            var files = Directory.EnumerateFiles(folder).Where(IsJpeg).Order(StringComparer.Ordinal).ToArray();
            if (files.Length == 0) throw new CameraException($"The camera folder {folder} contains no JPEG files.");
            foreach (var file in files)
            {
                await timer.WaitForNextTickAsync(cancellation);
                var jpeg = await File.ReadAllBytesAsync(file, cancellation);
                if (jpeg.Length > 0 && jpeg.Length + tag.Length <= Routes.MaxFrameBytes)
                    yield return JpegFrame.Copy(jpeg, time.GetUtcNow(), tag);
            }
        }
    }

    static bool IsJpeg(string file) => Path.GetExtension(file).ToUpperInvariant() is ".JPG" or ".JPEG";
}
