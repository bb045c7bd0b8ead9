using System.ComponentModel;
using CliWrap;
using CliWrap.Buffered;

namespace FaceAd.Bench.Peers;

/// <summary>A peer in a separate program. Its arguments are a list of pictures, a word for the task, and the warm-up length.</summary>
/// <param name="Name">Display name.</param>
/// <param name="Task">Its task.</param>
/// <param name="Command">The program and its first arguments, relative to the peers' folder.</param>
/// <param name="Word">The program's word for the task.</param>
sealed record PeerProgram(string Name, PeerTask Task, string[] Command, string Word) : Peer(Name, Task)
{
    public override async Task<PeerRun> RunAsync(
        string folder, string list, IReadOnlyList<string> files, int warmUp, CancellationToken cancellation)
    {
        var program = Command[0].StartsWith("./", StringComparison.Ordinal) ? Path.Combine(folder, Command[0][2..]) : Command[0];
        BufferedCommandResult ended;
        try
        {
            ended = await Cli.Wrap(program).WithArguments([.. Command[1..], list, Word, $"{warmUp}"]).WithWorkingDirectory(folder)
                .WithEnvironmentVariables(new Dictionary<string, string?> { ["OMP_NUM_THREADS"] = "1", ["OPENBLAS_NUM_THREADS"] = "1" })
                .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(cancellation);
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException)
        {
            throw new IOException($"{Name} cannot be started ({e.Message}). ./bench peers installs it.", e);
        }
        if (ended.ExitCode != 0)
        {
            var complaints = ended.StandardError;
            throw new IOException($"{Name} ended with {ended.ExitCode}: {complaints.Split('\n').LastOrDefault(l => l.Contains("rror", StringComparison.Ordinal)) ?? complaints.Trim()}");
        }
        try
        {
            return PeerRun.Parse(ended.StandardOutput, files);
        }
        catch (FormatException e)
        {
            throw new IOException($"{Name}: {e.Message}", e);
        }
    }
}
