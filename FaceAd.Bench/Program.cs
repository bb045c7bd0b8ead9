using System.CommandLine;
using FaceAd.Bench;

// One file per command; this list is the table of contents of ./bench.
var root = new RootCommand("Benchmarks and simulators of FaceAd.")
{
    AnalyzeCommand.Create(),
    PipelineCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
