using System.CommandLine;
using FaceAd.Bench.Cabins;
using FaceAd.Bench.Circuits;
using FaceAd.Bench.Crash;
using FaceAd.Bench.Decisions;
using FaceAd.Bench.Delivery;
using FaceAd.Bench.Detection;
using FaceAd.Bench.Evaluation;
using FaceAd.Bench.Experiments;
using FaceAd.Bench.Forecasts;
using FaceAd.Bench.Fuzz;
using FaceAd.Bench.Ingest;
using FaceAd.Bench.Metrics;
using FaceAd.Bench.Nodes;
using FaceAd.Bench.Pages;
using FaceAd.Bench.Peers;
using FaceAd.Bench.Persons;
using FaceAd.Bench.Playback;
using FaceAd.Bench.Screens;
using FaceAd.Bench.Training;
using FaceAd.Bench.Uploads;
using FaceAd.Bench.Verification;

namespace FaceAd.Bench;

/// <summary>Entry point of <c>./bench</c>: one file per command.</summary>
static class Program
{
    static Task<int> Main(string[] args)
    {
        var root = new RootCommand("Benchmarks and simulators of FaceAd.")
        {
            AnalyzeCommand.Create(),
            EvaluateCommand.Create(),
            FusionCommand.Create(),
            TrainCommand.Create(),
            VerifyCommand.Create(),
            CabinsCommand.Create(),
            DetectCommand.Create(),
            PipelineCommand.Create(),
            ThreadsCommand.Create(),
            PeersCommand.Create(),
            MetricsCommand.Create(),
            PagesCommand.Create(),
            PersonsCommand.Create(),
            IngestCommand.Create(),
            CrashCommand.Create(),
            FuzzCommand.Create(),
            ScreensCommand.Create(),
            NodesCommand.Create(),
            DecideCommand.Create(),
            DeliveryCommand.Create(),
            ForecastCommand.Create(),
            ExperimentsCommand.Create(),
            SnapshotCommand.Create(),
            CircuitsCommand.Create(),
            UploadCommand.Create(),
            PlaybackCommand.Create(),
        };
        return root.Parse(args).InvokeAsync();
    }
}
