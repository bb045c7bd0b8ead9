using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace FaceAd.Web.Creatives.Transcoding;

/// <summary>Result of a child process.</summary>
/// <param name="Code">Exit code.</param>
/// <param name="Output">Standard output, truncated at 1 MB.</param>
/// <param name="Error">Standard error, truncated at 1 MB.</param>
/// <param name="TimedOut">Whether it was killed for exceeding the time limit.</param>
readonly record struct ChildResult(int Code, string Output, string Error, bool TimedOut)
{
    /// <summary>Whether a limit stopped it: wall time, CPU time (SIGXCPU), or output file size (SIGXFSZ).</summary>
    public bool Exhausted => TimedOut || Code is 128 + 24 or 128 + 25;
}

/// <summary>Runs a program on an untrusted file: limited in time, memory, open files and output, and without our environment.</summary>
static class ChildProcess
{
    private const int MaxOutput = 1024 * 1024;

    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="limit">Wall-time limit; the CPU-time limit is twice as long.</param>
    /// <param name="cancellation">Kills the process.</param>
    /// <param name="line">Receives each line of standard output, which is then not kept.</param>
    public static async Task<ChildResult> RunAsync(
        string program, IEnumerable<string> arguments, TimeSpan limit, CancellationToken cancellation, Action<string>? line = null)
    {
        var start = new ProcessStartInfo("nice") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        // No parent-death signal: the kernel sends it when the *thread* that started the child ends, and pool threads come and go.
        string[] limits =
        [
            "-n", "10", "prlimit", "--as=4294967296", "--core=0", "--fsize=268435456", "--nofile=256",
            $"--cpu={((int)limit.TotalSeconds * 2).ToString(CultureInfo.InvariantCulture)}", "--", program,
        ];
        foreach (var argument in limits.Concat(arguments)) start.ArgumentList.Add(argument);
        var path = Environment.GetEnvironmentVariable("PATH");
        start.Environment.Clear();
        start.Environment["PATH"] = path;
        start.Environment["LC_ALL"] = "C";
        using var process = StartOrThrow(start, program);
        process.StandardInput.Close();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(limit);
        try
        {
            var output = line is null ? ReadAsync(process.StandardOutput, patience.Token) : TellAsync(process.StandardOutput, line, patience.Token);
            var error = ReadAsync(process.StandardError, patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return new ChildResult(process.ExitCode, await output, await error, false);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            cancellation.ThrowIfCancellationRequested();
            return new ChildResult(-1, "", "", true);
        }
    }

    private static Process StartOrThrow(ProcessStartInfo start, string program)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new InvalidOperationException($"Could not start {program}. Install ffmpeg and make sure it is on the PATH.", exception);
        }
    }

    private static async Task<string> TellAsync(StreamReader reader, Action<string> line, CancellationToken cancellation)
    {
        while (await reader.ReadLineAsync(cancellation) is { } text) line(text);
        return "";
    }

    /// <summary>Reads to the end, so that the child never blocks on a full pipe, and keeps the first megabyte.</summary>
    private static async Task<string> ReadAsync(StreamReader reader, CancellationToken cancellation)
    {
        var kept = new StringBuilder();
        var buffer = new char[4096];
        int read;
        while ((read = await reader.ReadAsync(buffer, cancellation)) > 0)
        {
            kept.Append(buffer, 0, Math.Min(read, MaxOutput - kept.Length));
        }
        return kept.ToString();
    }
}
