using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using FaceAd.Core;

namespace FaceAd.Player.Camera;

/// <summary>The camera has ended or cannot be opened. The message gives the reason in plain words.</summary>
internal sealed class CameraException(string message) : Exception(message);

/// <summary>A source of frames. Each enumeration opens it again; the caller disposes the frames.</summary>
internal abstract class CameraSource
{
    /// <summary>Frames, until the camera fails or the caller cancels.</summary>
    /// <exception cref="CameraException">The camera ended or cannot be opened.</exception>
    public abstract IAsyncEnumerable<JpegFrame> ReadAsync(CancellationToken cancellation);

    /// <summary>Creates the source named in the settings; null for none.</summary>
    public static CameraSource? Create(PlayerSettings settings, ChildProcesses children, TimeProvider time, ILogger log)
    {
        var rest = settings.Camera[(settings.Camera.IndexOf(':') + 1)..];
        return settings.Camera.Split(':')[0] switch
        {
            "none" => null,
            "folder" => new FolderCamera(rest, settings.CameraFps, time),
            "file" => new ProcessCamera("ffmpeg", FileArguments(rest, settings.CameraFps), children, time, log),
            // "exec" replaces the shell with the camera process, so that signals reach it.
            "command" => new ProcessCamera("/bin/sh", ["-c", "exec " + rest], children, time, log),
            _ => throw new SettingsException($"--camera {settings.Camera} is not a known camera source."),
        };
    }

    static string[] FileArguments(string path, double fps) =>
    [
        "-nostdin", "-loglevel", "error", "-threads", "1", "-re", "-stream_loop", "-1", "-i", path, "-an",
        "-vf", "fps=" + fps.ToString(CultureInfo.InvariantCulture), "-q:v", "4", "-threads", "1", "-f", "mjpeg", "-",
    ];
}

/// <summary>Plays the JPEG files of a folder in a loop, ordered by name, at a fixed rate.</summary>
internal sealed class FolderCamera(string folder, double fps, TimeProvider time) : CameraSource
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
                if (jpeg.Length is > 0 and <= Routes.MaxFrameBytes) yield return JpegFrame.Copy(jpeg, time.GetUtcNow());
            }
        }
    }

    static bool IsJpeg(string file) => Path.GetExtension(file).ToUpperInvariant() is ".JPG" or ".JPEG";
}

/// <summary>A child process whose standard output is a stream of JPEGs.</summary>
internal sealed class ProcessCamera(string program, string[] arguments, ChildProcesses children, TimeProvider time, ILogger log) : CameraSource
{
    /// <summary>A camera process that sends nothing for this long is restarted.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(8);

    static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    public override async IAsyncEnumerable<JpegFrame> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var lastError = "it wrote nothing to standard error";
        Process process;
        try
        {
            process = await children.StartAsync(program, arguments, readOutput: true, line =>
            {
                lastError = line;
                log.LogDebug("Camera process: {Line}", line);
            });
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException)
        {
            throw new CameraException($"The camera process {program} cannot be started: {e.Message}");
        }
        using var splitter = new MjpegSplitter(Routes.MaxFrameBytes);
        try
        {
            var output = process.StandardOutput.BaseStream;
            var buffer = new byte[64 * 1024];
            while (true)
            {
                using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                silence.CancelAfter(Silence);
                int count;
                try
                {
                    count = await output.ReadAsync(buffer, silence.Token);
                }
                catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
                {
                    throw new CameraException($"The camera process sent nothing for {Silence.TotalSeconds:0} seconds.");
                }
                if (count == 0)
                {
                    // Standard error is a separate pipe, and its last line may arrive after the end of this one.
                    await process.WaitForExitAsync(cancellation).WaitAsync(LastWords, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    throw new CameraException($"The camera process ended: {lastError}");
                }
                for (var used = 0; used < count;)
                {
                    used += splitter.Read(buffer.AsSpan(used, count - used), out var jpeg);
                    if (jpeg.IsEmpty) continue;
                    // Copied first: a span cannot live across the yield.
                    var frame = JpegFrame.Copy(jpeg, time.GetUtcNow());
                    yield return frame;
                }
            }
        }
        finally
        {
            await ChildProcesses.StopAsync(process, TimeSpan.FromSeconds(1));
            process.Dispose();
        }
    }
}
