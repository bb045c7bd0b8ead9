using System.ComponentModel;
using System.Diagnostics;

namespace FaceAd.Bench.Peers;

/// <summary>Which work is compared.</summary>
enum PeerTask
{
    /// <summary>Where the faces are.</summary>
    Detect,

    /// <summary>Where they are, age, gender, and an embedding of each.</summary>
    Full,
}

/// <summary>A program that is measured beside ours. It gets a list of pictures, a word for the work, and the length of the warm-up.</summary>
/// <param name="Name">For people.</param>
/// <param name="Task">What it does.</param>
/// <param name="Command">The program and its first arguments, relative to the folder of the peers.</param>
/// <param name="Word">What the program calls the work.</param>
sealed record Peer(string Name, PeerTask Task, string[] Command, string Word)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Peer> All { get; } =
    [
        new("human (WASM)", PeerTask.Detect, ["node", "human.cjs"], "detect"),
        new("face-api SSD (WASM)", PeerTask.Detect, ["node", "face-api.cjs"], "detect"),
        new("face-api tiny (WASM)", PeerTask.Detect, ["node", "face-api.cjs"], "tiny"),
        // Debian's modules are for Debian's Python, whatever else is on the path.
        new("OpenCV Haar", PeerTask.Detect, ["/usr/bin/python3", "haar.py"], "detect"),
        new("dlib HOG", PeerTask.Detect, ["./dlib"], "detect"),
        new("human (WASM)", PeerTask.Full, ["node", "human.cjs"], "full"),
        new("face-api SSD (WASM)", PeerTask.Full, ["node", "face-api.cjs"], "full"),
    ];

    /// <summary>Runs it over pictures, as a process of its own with one thread.</summary>
    /// <param name="folder">Where <c>./bench peers</c> installed the peers.</param>
    /// <param name="list">A file that names the pictures, one a line.</param>
    /// <param name="files">The same pictures.</param>
    /// <param name="warmUp">So many pictures are analysed before the measurement begins.</param>
    /// <param name="cancellation">Ends the process.</param>
    /// <exception cref="IOException">It cannot be started, failed, or printed something else.</exception>
    public async Task<PeerRun> RunAsync(string folder, string list, IReadOnlyList<string> files, int warmUp, CancellationToken cancellation)
    {
        var program = Command[0].StartsWith("./", StringComparison.Ordinal) ? Path.Combine(folder, Command[0][2..]) : Command[0];
        var start = new ProcessStartInfo(program, [.. Command[1..], list, Word, $"{warmUp}"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var threads in new[] { "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS" }) start.Environment[threads] = "1";
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException)
        {
            throw new IOException($"{Name} cannot be started ({e.Message}); ./bench peers installs it.", e);
        }
        using (process)
        {
            await using var end = cancellation.Register(() => process.Kill(entireProcessTree: true));
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(CancellationToken.None), process.StandardError.ReadToEndAsync(CancellationToken.None));
            var (said, complained) = (await output, await errors);
            await process.WaitForExitAsync(CancellationToken.None);
            cancellation.ThrowIfCancellationRequested();
            if (process.ExitCode != 0)
                throw new IOException($"{Name} ended with {process.ExitCode}: {complained.Split('\n').LastOrDefault(l => l.Contains("rror", StringComparison.Ordinal)) ?? complained.Trim()}");
            try
            {
                return PeerRun.Parse(said, files);
            }
            catch (FormatException e)
            {
                throw new IOException($"{Name}: {e.Message}", e);
            }
        }
    }
}
