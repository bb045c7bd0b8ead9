using System.CommandLine;
using FaceAd.Bench;
using FaceAd.Bench.Circuits;
using FaceAd.Bench.Crash;
using FaceAd.Bench.Decisions;
using FaceAd.Bench.Ingest;
using FaceAd.Bench.Metrics;
using FaceAd.Bench.Nodes;
using FaceAd.Bench.Pages;
using FaceAd.Bench.Persons;
using FaceAd.Bench.Playback;
using FaceAd.Bench.Screens;
using FaceAd.Bench.Uploads;

namespace FaceAd.Tests.Bench;

public sealed class CommandsTests
{
    // As the README calls them: whatever a command needs beyond its defaults would be refused there.
    [Fact]
    public void Commands_WithTheirDefaults_AreAccepted() => Assert.All(
        new Command[]
        {
            PipelineCommand.Create(), MetricsCommand.Create(), PersonsCommand.Create(), IngestCommand.Create(), CrashCommand.Create(),
                CircuitsCommand.Create(),
            PagesCommand.Create(), UploadCommand.Create(), DecideCommand.Create(), PlaybackCommand.Create(), ScreensCommand.Create(),
            NodesCommand.Create(),
        },
        command => Assert.Empty(command.Parse([]).Errors.Select(e => $"{command.Name}: {e.Message}")));
}
