using System.CommandLine;

namespace FaceAd.Demo;

/// <summary>The program that <c>./run</c> uses for its demonstration: one file per command.</summary>
static class Program
{
    static Task<int> Main(string[] args)
    {
        var root = new RootCommand("FaceAd's demonstration: its films, its camera footage, and a smoke test.")
        {
            MediaCommand.Create(),
            FootageCommand.Create(),
            SmokeCommand.Create(),
        };
        return root.Parse(args).InvokeAsync();
    }
}
