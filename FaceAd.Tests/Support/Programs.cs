using CliWrap;
using CliWrap.Buffered;

namespace FaceAd.Tests.Support;

/// <summary>Runs programs to their end.</summary>
internal static class Programs
{
    // Enough to publish a program on a busy machine; past it, the program and its children are killed.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>Runs a program with nothing on its standard input.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="folder">Its working folder; ours without one.</param>
    /// <param name="variables">What it has else in its environment than we have; a null is taken away.</param>
    public static async Task<(int Code, string Output, string Errors)> RunAsync(
        string program, IEnumerable<string> arguments, string? folder = null, IReadOnlyDictionary<string, string?>? variables = null)
    {
        var command = Cli.Wrap(program).WithArguments(arguments).WithValidation(CommandResultValidation.None);
        if (folder is not null) command = command.WithWorkingDirectory(folder);
        if (variables is not null) command = command.WithEnvironmentVariables(variables);
        using var limit = new CancellationTokenSource(Limit);
        var ended = await command.ExecuteBufferedAsync(limit.Token);
        return (ended.ExitCode, ended.StandardOutput, ended.StandardError);
    }
}
