using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using FaceAd.Web.Hosting;

namespace FaceAd.Web.Data;

/// <summary>PostgreSQL's programs, and how to run them: never as root.</summary>
static class PostgresProgram
{
    /// <summary>The account PostgreSQL runs under when we are root.</summary>
    public const string Account = "postgres";

    // Setting up a cluster takes seconds, on a slow card up to a minute or two.
    private static readonly TimeSpan RunLimit = TimeSpan.FromMinutes(5);

    /// <summary>Whether this process runs as root.</summary>
    public static bool IsRoot => Environment.UserName == "root";

    /// <summary>The <c>bin</c> of a PostgreSQL.</summary>
    /// <exception cref="StartException">There is no PostgreSQL in the folder.</exception>
    public static string BinOf(string programs)
    {
        var bin = Path.Combine(programs, "bin");
        return File.Exists(Path.Combine(bin, "postgres"))
            ? bin
            : throw new StartException(
                $"{bin} has no PostgreSQL: set Postgres:Folder to the folder of its bin, lib and share, or ConnectionStrings:FaceAd to use a PostgreSQL of your own.");
    }

    /// <summary>
    /// npm packages cannot contain symbolic links; the package lists them for its install script, which we do not run. Published programs
    /// have their links and no list.
    /// </summary>
    public static void RestoreLinks(string programs)
    {
        var list = Path.Combine(programs, "pg-symlinks.json");
        if (!File.Exists(list)) return;
        foreach (var link in JsonSerializer.Deserialize<Link[]>(File.ReadAllBytes(list), JsonSerializerOptions.Web) ?? [])
        {
            var (source, target) = (PathOf(link.Source), PathOf(link.Target));
            if (File.Exists(target)) continue;
            try
            {
                File.CreateSymbolicLink(target, Path.GetRelativePath(Path.GetDirectoryName(target)!, source));
            }
            catch (IOException) when (File.Exists(target))
            {
                // Restored by another process in the meantime.
            }
        }

        // Listed as in the package, where the folder is named native.
        string PathOf(string listed) => Path.Combine(programs, Path.GetRelativePath("native", listed));
    }

    public static ProcessStartInfo Command(string file, IEnumerable<string> arguments, bool unprivileged = false, bool dieWithUs = false)
    {
        List<string> line = [];
        if (unprivileged && IsRoot) line.AddRange([$"--reuid={Account}", $"--regid={Account}", "--clear-groups"]);
        if (dieWithUs) line.Add("--pdeathsig=INT");
        if (line.Count > 0) line.InsertRange(0, ["setpriv"]);
        line.Add(file);
        line.AddRange(arguments);
        var start = new ProcessStartInfo(line[0]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        foreach (var argument in line.Skip(1)) start.ArgumentList.Add(argument);
        start.Environment["LC_ALL"] = "C";
        return start;
    }

    /// <summary>Runs a program to its end, and kills it at the limit.</summary>
    /// <param name="file">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <param name="unprivileged">Whether it must not run as root.</param>
    /// <param name="limit">Limit in place of <see cref="RunLimit"/>.</param>
    /// <returns>Exit code (127 when it cannot be started, 124 at the limit), and what it wrote.</returns>
    public static async Task<(int Code, string Output)> RunAsync(
        string file, IEnumerable<string> arguments, CancellationToken cancellation, bool unprivileged = false, TimeSpan? limit = null)
    {
        try
        {
            using var process = Process.Start(Command(file, arguments, unprivileged))!;
            using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            end.CancelAfter(limit ?? RunLimit);
            try
            {
                var output = process.StandardOutput.ReadToEndAsync(end.Token);
                var error = process.StandardError.ReadToEndAsync(end.Token);
                await process.WaitForExitAsync(end.Token);
                return (process.ExitCode, await output + await error);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                cancellation.ThrowIfCancellationRequested();
                return (124, $"{file} did not end within {(limit ?? RunLimit).TotalSeconds:0} s and was killed.");
            }
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            return (127, exception.Message);
        }
    }

    public static void Signal(int pid, int signal) => _ = kill(pid, signal);

#pragma warning disable IDE1006, CA5392, SYSLIB1054 // libc's own function name; libc is always the system's
    [DllImport("libc")]
    private static extern int kill(int pid, int signal);
#pragma warning restore IDE1006, CA5392, SYSLIB1054

    public static string LastLine(string text) => text.Trim().Split('\n')[^1];

    private sealed record Link(string Source, string Target);
}
