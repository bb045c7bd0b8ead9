using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace FaceAd.Player;

/// <summary>
/// Starts child processes that do not outlive the player, even when it is killed. Linux sends a child its parent-death
/// signal when the *thread* that started it ends, so all children are started from one thread that lives as long as the
/// process. The signal is SIGKILL, which ends a frozen child, too.
/// </summary>
sealed class ChildProcesses : IDisposable
{
    const string Setpriv = "/usr/bin/setpriv";
    static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(5);

    readonly BlockingCollection<Action> _starts = [];

    public ChildProcesses()
    {
        new Thread(Run) { IsBackground = true, Name = "children" }.Start();
    }

    /// <summary>Starts a program with its standard output redirected and its standard error read line by line.</summary>
    /// <param name="program">Path of the program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="readOutput">Whether the caller reads standard output; otherwise it is drained.</param>
    /// <param name="onError">Called with each line of standard error.</param>
    public Task<Process> StartAsync(string program, IEnumerable<string> arguments, bool readOutput, Action<string> onError)
    {
        var start =
            new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        if (File.Exists(Setpriv))
        {
            start.FileName = Setpriv;
            foreach (var argument in (string[])["--pdeathsig", "KILL", "--", program]) start.ArgumentList.Add(argument);
        }
        foreach (var argument in arguments) start.ArgumentList.Add(argument);

        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        _starts.Add(() =>
        {
            try
            {
                var process = Process.Start(start)!;
                process.StandardInput.Close();
                process.ErrorDataReceived += (_, e) => { if (!string.IsNullOrWhiteSpace(e.Data)) onError(e.Data); };
                process.BeginErrorReadLine();
                if (!readOutput)
                {
                    process.OutputDataReceived += (_, _) => { };
                    process.BeginOutputReadLine();
                }
                started.SetResult(process);
            }
            catch (Exception e) // pass any failure to the caller's await
            {
                started.SetException(e);
            }
        });
        return started.Task;
    }

    /// <summary>Sends SIGTERM to a child, and kills it with its own children if it is still running after the grace period.</summary>
    public static async Task StopAsync(Process process, TimeSpan grace)
    {
        try
        {
            if (process.HasExited) return;
            _ = Native.Kill(process.Id, Native.Terminate);
            using var limit = new CancellationTokenSource(grace);
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // The process was never started or has already exited.
        }
    }

    /// <summary>The processes that have an argument in their command line, whoever their parents are now.</summary>
    public static IReadOnlyList<int> FindAll(string argument)
    {
        var found = new List<int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id)) continue;
            if (id == Environment.ProcessId) continue;
            try
            {
                // A process may have joined its arguments with spaces, as Chromium's renderers do.
                var line = Encoding.UTF8.GetString(File.ReadAllBytes(folder + "/cmdline")).Replace('\0', ' ') + ' ';
                if (line.Contains($" {argument} ", StringComparison.Ordinal)) found.Add(id);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended meanwhile, or is none of ours.
            }
        }
        return found;
    }

    /// <summary>
    /// Kills all processes that have an argument in their command line: a child with its own children, also those that a killed parent or
    /// an earlier player left. None is asked to end first, since a frozen one does not answer.
    /// </summary>
    /// <returns>Those that are still there after a while, such as one that waits for a broken device.</returns>
    public static async Task<IReadOnlyList<int>> KillAllAsync(string argument)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var left = FindAll(argument);
            if (left.Count == 0 || clock.Elapsed > KillLimit) return left;
            foreach (var id in left) _ = Native.Kill(id, Native.Killed);
            await Task.Delay(10);
        }
    }

    public void Dispose() => _starts.CompleteAdding();

    void Run()
    {
        foreach (var start in _starts.GetConsumingEnumerable()) start();
        // Returning would end the thread and so signal every child. Only the end of the process may do that.
        Thread.Sleep(Timeout.Infinite);
    }
}
