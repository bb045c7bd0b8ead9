using System.CommandLine;

namespace FaceAd.Demo;

/// <summary>What <c>./run</c> calls for its demonstration: one file per command.</summary>
static class Program
{
    static Task<int> Main(string[] args)
    {
        var root = new RootCommand("The demonstration of FaceAd: its films, what its cameras see, and the check that it runs.")
        {
            MediaCommand.Create(),
            FootageCommand.Create(),
            SmokeCommand.Create(),
        };
        return root.Parse(args).InvokeAsync();
    }
}
