using System.ComponentModel;
using System.Globalization;
using System.Text;
using CliWrap;

namespace FaceAd.Web.Hosting;

/// <summary>Runs a program on an untrusted file: limited in time, memory, open files and output, and without our environment.</summary>
static class ChildProcess
{
    /// <summary>4 GB of addresses, all that most programs need.</summary>
    public const string UsualMemory = "--as=4294967296";

    /// <summary>256 MB: no video of ours is larger.</summary>
    public const long UsualFile = 268_435_456;

    private const int MaxOutput = 1024 * 1024;

    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="limit">Wall-time limit; the CPU-time limit is twice as long.</param>
    /// <param name="cancellation">Kills the process.</param>
    /// <param name="line">Receives each line of standard output, which is then not kept.</param>
    /// <param name="memory">Each process's limit of memory, as an argument of prlimit.</param>
    /// <param name="file">Largest file that it may write, in bytes.</param>
    public static async Task<ChildResult> RunAsync(
        string program, IEnumerable<string> arguments, TimeSpan limit, CancellationToken cancellation, Action<string>? line = null,
        string memory = UsualMemory, long file = UsualFile)
    {
        // No parent-death signal: the kernel sends it when the *thread* that started the child ends, and pool threads come and go.
        string[] limits =
        [
            "-n", "10", "prlimit", memory, "--core=0", $"--fsize={file.ToString(CultureInfo.InvariantCulture)}", "--nofile=256",
            $"--cpu={((int)limit.TotalSeconds * 2).ToString(CultureInfo.InvariantCulture)}", "--", program,
        ];
        var (output, error) = (new StringBuilder(), new StringBuilder());
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(limit);
        try
        {
            var ended = await Cli.Wrap("nice").WithArguments([.. limits, .. arguments]).WithEnvironmentVariables(Variables())
                .WithStandardOutputPipe(line is null ? Keep(output) : PipeTarget.ToDelegate(line)).WithStandardErrorPipe(Keep(error))
                .WithValidation(CommandResultValidation.None).ExecuteAsync(patience.Token);
            return new ChildResult(ended.ExitCode, output.ToString(), error.ToString(), false);
        }
        catch (Win32Exception exception)
        {
            throw new InvalidOperationException($"Could not start {program}: nice must be on the PATH.", exception);
        }
        catch (Exception e) when (e is OperationCanceledException or TimeoutException) // killed with its children, or cannot be killed
        {
            cancellation.ThrowIfCancellationRequested();
            return new ChildResult(-1, "", "", true);
        }
    }

    // Our own environment is taken away, by nulls, except for what finds programs.
    private static Dictionary<string, string?> Variables()
    {
        var variables = Environment.GetEnvironmentVariables().Keys.Cast<string>().ToDictionary(name => name, _ => (string?)null);
        variables["PATH"] = Environment.GetEnvironmentVariable("PATH");
        variables["LC_ALL"] = "C";
        return variables;
    }

    /// <summary>
    /// Reads to the end and keeps the first megabyte. A pipe that is not read is closed by CliWrap, and a program that writes to it dies of
    /// SIGPIPE.
    /// </summary>
    private static PipeTarget Keep(StringBuilder kept) => PipeTarget.Create(async (stream, cancellation) =>
    {
        using var reader = new StreamReader(stream, leaveOpen: true);
        var buffer = new char[4096];
        int read;
        while ((read = await reader.ReadAsync(buffer, cancellation)) > 0)
        {
            kept.Append(buffer, 0, Math.Min(read, MaxOutput - kept.Length));
        }
    });
}
