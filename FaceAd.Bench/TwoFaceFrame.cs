using System.Globalization;
using FaceAd.Demo;

namespace FaceAd.Bench;

/// <summary>A frame of a cabin with two riders, composed from two portraits of non-existent people. Held in memory only.</summary>
static class TwoFaceFrame
{
    /// <summary>Composes a 1280 x 720 JPEG.</summary>
    /// <param name="nodeModules">The node_modules folder with the portraits.</param>
    /// <param name="first">Number of the portrait on the left.</param>
    /// <param name="second">Number of the portrait on the right.</param>
    /// <param name="aside">How far both have moved to the right, in pixels.</param>
    /// <param name="cancellation">Cancels ffmpeg.</param>
    public static Task<byte[]> ComposeAsync(
        string nodeModules, int first = 159, int second = 168, int aside = 0, CancellationToken cancellation = default) =>
        Ffmpeg.RunAsync(
        [
            "-f", "lavfi", "-i", "gradients=s=1280x720:c0=0x9aa0a6:c1=0x5f6368:x0=640:y0=0:x1=640:y1=720:n=2:d=1:speed=0.00001",
            "-i", Portrait(nodeModules, first),
            "-i", Portrait(nodeModules, second),
            "-filter_complex",
            $"[1]scale=220:220[a];[2]scale=180:180[b];[0][a]overlay={280 + aside}:200[c];[c][b]overlay={780 + aside}:260",
            "-frames:v", "1", "-q:v", "3", "-f", "mjpeg", "-",
        ],
        cancellation);

    static string Portrait(string nodeModules, int number)
    {
        var path = Path.Combine(MediaCommand.PortraitFolder(nodeModules), number.ToString(CultureInfo.InvariantCulture) + ".png");
        return File.Exists(path)
            ? path : throw new FileNotFoundException($"{path} is missing. Restore the packages: npm ci --ignore-scripts");
    }
}
