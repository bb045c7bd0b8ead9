using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace FaceAd.Web.Data;

/// <summary>Programs of the pinned npm package, and how to run them: never as root.</summary>
static class PostgresProgram
{
    /// <summary>The account PostgreSQL runs under when we are root.</summary>
    public const string Account = "postgres";

    /// <summary>Whether this process runs as root.</summary>
    public static bool IsRoot => Environment.UserName == "root";

    public static string NativeFolder(string nodeModules)
    {
        var rid = RuntimeInformation.OSArchitecture switch
        {
            Architecture.X64 => "linux-x64",
            Architecture.Arm64 => "linux-arm64",
            var other => throw new DatabaseStartException(
                $"The embedded PostgreSQL has no build for {other}: set ConnectionStrings:FaceAd to your own PostgreSQL."),
        };
        var native = Path.Combine(Path.GetFullPath(nodeModules), "@embedded-postgres", rid, "native");
        return Directory.Exists(native)
            ? native
            : throw new DatabaseStartException($"The embedded PostgreSQL is missing from {native}: run 'npm ci --ignore-scripts' in the repository, or set ConnectionStrings:FaceAd.");
    }

    /// <summary>npm packages cannot contain symbolic links; the package lists them for its install script, which we do not run.</summary>
    public static void RestoreLinks(string native)
    {
        var list = Path.Combine(native, "pg-symlinks.json");
        if (!File.Exists(list)) return;
        var root = Path.GetDirectoryName(native)!;
        foreach (var link in JsonSerializer.Deserialize<Link[]>(File.ReadAllBytes(list), JsonSerializerOptions.Web) ?? [])
        {
            var target = Path.Combine(root, link.Target);
            if (File.Exists(target)) continue;
            try
            {
                File.CreateSymbolicLink(target, Path.GetRelativePath(Path.GetDirectoryName(target)!, Path.Combine(root, link.Source)));
            }
            catch (IOException) when (File.Exists(target))
            {
                // Restored by another process in the meantime.
            }
        }
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

    public static async Task<(int Code, string Output)> RunAsync(
        string file, IEnumerable<string> arguments, CancellationToken cancellation, bool unprivileged = false)
    {
        try
        {
            using var process = Process.Start(Command(file, arguments, unprivileged))!;
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var error = process.StandardError.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            return (process.ExitCode, await output + await error);
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

    public static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private sealed record Link(string Source, string Target);
}
