using System.CommandLine;
using FaceAd.Bench;
using FaceAd.Bench.Demonstration;

// One file per command; this list is the table of contents of ./bench.
var root = new RootCommand("Benchmarks and simulators of FaceAd.")
{
    AnalyzeCommand.Create(),
    PipelineCommand.Create(),
    DemoMediaCommand.Create(),
    CabinFootageCommand.Create(),
    SmokeCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
