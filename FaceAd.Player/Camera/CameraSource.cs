using System.Globalization;
using FaceAd.Inference.Imaging;

namespace FaceAd.Player.Camera;

/// <summary>The camera has ended or cannot be opened. The message gives the reason in plain words.</summary>
sealed class CameraException(string message) : Exception(message);

/// <summary>A source of frames. Each enumeration opens it again; the caller disposes the frames.</summary>
abstract class CameraSource
{
    /// <summary>Frames, until the camera fails or the caller cancels.</summary>
    /// <exception cref="CameraException">The camera ended or cannot be opened.</exception>
    public abstract IAsyncEnumerable<JpegFrame> ReadAsync(CancellationToken cancellation);

    /// <summary>Creates the source named in the settings; null for none.</summary>
    public static CameraSource? Create(PlayerSettings settings, ChildProcesses children, TimeProvider time, ILogger log)
    {
        // Turned by whoever decodes it, which costs a player nothing.
        var tag = settings.CameraTurn == 0 ? [] : JpegOrientation.TagOf(settings.CameraTurn);
        var rest = settings.Camera[(settings.Camera.IndexOf(':') + 1)..];
        return settings.Camera.Split(':')[0] switch
        {
            "none" => null,
            "folder" => new FolderCamera(rest, settings.CameraFps, tag, time),
            "file" => new ProcessCamera("ffmpeg", FileArguments(rest, settings.CameraFps), tag, children, time, log),
            // "exec" replaces the shell with the camera process, so that signals reach it.
            "command" => new ProcessCamera("/bin/sh", ["-c", "exec " + rest], tag, children, time, log),
            _ => throw new SettingsException($"--camera {settings.Camera} is not a known camera source."),
        };
    }

    static string[] FileArguments(string path, double fps) =>
    [
        "-nostdin", "-loglevel", "error", "-threads", "1", "-re", "-stream_loop", "-1", "-i", path, "-an",
        "-vf", "fps=" + fps.ToString(CultureInfo.InvariantCulture), "-q:v", "4", "-threads", "1", "-f", "mjpeg", "-",
    ];
}
