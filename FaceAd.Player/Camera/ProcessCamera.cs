using System.Diagnostics;
using System.Runtime.CompilerServices;
using FaceAd.Core;

namespace FaceAd.Player.Camera;

/// <summary>A child process whose standard output is a stream of JPEGs.</summary>
sealed class ProcessCamera(
    string program, string[] arguments, byte[] tag, ChildProcesses children, TimeProvider time, ILogger log) : CameraSource
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
        using var splitter = new MjpegSplitter(Routes.MaxFrameBytes - tag.Length);
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
                    await process.WaitForExitAsync(cancellation).WaitAsync(LastWords, time, cancellation)
                        .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    throw new CameraException($"The camera process ended: {lastError}");
                }
                for (var used = 0; used < count;)
                {
                    used += splitter.Read(buffer.AsSpan(used, count - used), out var jpeg);
                    if (jpeg.IsEmpty) continue;
                    // Copied first: a span cannot live across the yield.
                    var frame = JpegFrame.Copy(jpeg, time.GetUtcNow(), tag);
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
