using System.CommandLine;
using FaceAd.Bench.Demonstration;

var root = new RootCommand("Benchmarks, simulators and the makers of the demonstration.")
{
    DemoMediaCommand.Create(),
    SmokeCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
