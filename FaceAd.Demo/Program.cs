using System.CommandLine;

namespace FaceAd.Demo;

/// <summary>The program that <c>./run</c> uses for its demonstration: one file per command.</summary>
static class Program
{
    static Task<int> Main(string[] args)
    {
        var root = new RootCommand("FaceAd's demonstration: its videos, its camera footage, its sample data, and a smoke test.")
        {
            MediaCommand.Create(),
            FootageCommand.Create(),
            SeedCommand.Create(),
            SmokeCommand.Create(),
        };
        return root.Parse(args).InvokeAsync();
    }
}
