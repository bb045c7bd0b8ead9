using System.ComponentModel;
using System.Diagnostics;

namespace FaceAd.Bench.Peers;

/// <summary>A peer in a separate program. Its arguments are a list of pictures, a word for the task, and the warm-up length.</summary>
/// <param name="Name">Display name.</param>
/// <param name="Task">Its task.</param>
/// <param name="Command">The program and its first arguments, relative to the peers' folder.</param>
/// <param name="Word">The program's word for the task.</param>
sealed record PeerProgram(string Name, PeerTask Task, string[] Command, string Word) : Peer(Name, Task)
{
    /// <inheritdoc/>
    public override async Task<PeerRun> RunAsync(string folder, string list, IReadOnlyList<string> files, int warmUp, CancellationToken cancellation)
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
            throw new IOException($"{Name} cannot be started ({e.Message}). ./bench peers installs it.", e);
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
