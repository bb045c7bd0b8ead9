using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace FaceAd.Web.Creatives.Transcoding;

/// <summary>What a child process did.</summary>
/// <param name="Code">Exit code.</param>
/// <param name="Output">Standard output, cut at a megabyte.</param>
/// <param name="Error">Standard error, cut at a megabyte.</param>
/// <param name="TimedOut">Whether it was ended for taking too long.</param>
readonly record struct ChildResult(int Code, string Output, string Error, bool TimedOut)
{
    /// <summary>Whether a limit ended it: of time, processor time (SIGXCPU), or the size of what it writes (SIGXFSZ).</summary>
    public bool Exhausted => TimedOut || Code is 128 + 24 or 128 + 25;
}

/// <summary>Runs a program on a file that a stranger sent: limited in time, memory, files and output, and without our environment.</summary>
static class ChildProcess
{
    private const int MaxOutput = 1024 * 1024;

    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="limit">The longest time that it may take; twice that in processor time.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <param name="line">Hears each line of its standard output, which is then not kept.</param>
    public static async Task<ChildResult> RunAsync(
        string program, IEnumerable<string> arguments, TimeSpan limit, CancellationToken cancellation, Action<string>? line = null)
    {
        var start = new ProcessStartInfo("nice") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        // Not tied to our death: the kernel ends a tied child with the *thread* that started it, and pool threads come and go.
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
            throw new InvalidOperationException($"{program} could not be started: is ffmpeg installed?", exception);
        }
    }

    private static async Task<string> TellAsync(StreamReader reader, Action<string> line, CancellationToken cancellation)
    {
        while (await reader.ReadLineAsync(cancellation) is { } text) line(text);
        return "";
    }

    /// <summary>Reads to the end, so that the child never blocks, and keeps the beginning.</summary>
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
