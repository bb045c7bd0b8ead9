using System.CommandLine;
using FaceAd.Web.Hosting;
using FaceAd.Web.Metrics.Rollups;

namespace FaceAd.Bench.Screens;

/// <summary>
/// <c>screens</c>: a real server holds thousands of screens; what each costs, how fast a command reaches it, and what becomes of forged and
/// of honest plays.
/// </summary>
static class ScreensCommand
{
    public static Command Create()
    {
        var screens = new Option<int>("--screens")
        {
            Description = "Screens that are connected; 0: none",
            DefaultValueFactory = _ => 10_000,
        };
        var silent = new Option<int>("--silent")
        {
            Description = "Screens that are registered and silent; 0: none",
            DefaultValueFactory = _ => 100_000,
        };
        var forge = new Option<int>("--forge") { Description = "Forged plays; 0: none", DefaultValueFactory = _ => 10_000 };
        var honest = new Option<int>("--honest")
        {
            Description = "Honest plays of some weeks; 0: none",
            DefaultValueFactory = _ => 100_000,
        };
        var minutes = new Option<double>("--minutes")
        {
            Description = "How long the connected screens are measured",
            DefaultValueFactory = _ => 5,
        };
        var idle = new Option<double>("--idle")
        {
            Description = "Seconds of each measurement of silent screens",
            DefaultValueFactory = _ => 60,
        };
        var beat = new Option<double>("--beat") { Description = "Seconds between heartbeats", DefaultValueFactory = _ => 10 };
        var play = new Option<double>("--play") { Description = "Seconds of a play", DefaultValueFactory = _ => 15 };
        var ride = new Option<double>("--ride")
        {
            Description = "Seconds from one rider to the next at a screen",
            DefaultValueFactory = _ => 120,
        };
        var peer = new Option<bool>("--peer") { Description = "Another node lives, which is told of the connected screens" };
        var models = Repository.ModelsOption();
        var modules = Repository.NodeModulesOption();
        var command = new Command(
            "screens",
            "A server with thousands of screens: cost, time of a push, lost pushes, silent screens; forged and honest plays.")
        {
            screens, silent, forge, honest, minutes, idle, beat, play, ride, peer, models, modules,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            // Not in a validator, where options that were not given have no value yet.
            if (parsed.GetValue(play) < 6 || parsed.GetValue(ride) < parsed.GetValue(play) || parsed.GetValue(screens) is > 0 and < 10)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(
                    "screens: a play has 6 s or more, a ride takes no less than a play, and there are ten screens or more.");
                return 1;
            }
            var folder = Directory.CreateTempSubdirectory("facead-screens-").FullName;
            File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.OtherExecute); // PostgreSQL does not run as root
            try
            {
                await using var server = await MeasuredServer.StartAsync(
                    folder, parsed.GetRequiredValue(modules).FullName, parsed.GetRequiredValue(models).FullName, cancellation);
                var report = new ScreensReport(output);
                if (parsed.GetValue(silent) is > 0 and var quiet)
                    report.Add(quiet, await SilentScreens.RunAsync(server, quiet, Seconds(idle), cancellation));
                if (parsed.GetValue(forge) is > 0 and var attempts)
                    report.Add(await ForgedPlays.RunAsync(server, attempts, cancellation));
                if (parsed.GetValue(honest) is > 0 and var plays)
                    report.Add(await HonestPlays.RunAsync(server, plays, cancellation));
                if (parsed.GetValue(screens) is > 0 and var count)
                {
                    var habits = new ScreenHabits(Seconds(beat), Seconds(play), Seconds(ride));
                    report.Add(habits, await HeldScreens.RunAsync(
                        server, count, habits, TimeSpan.FromMinutes(parsed.GetValue(minutes)), parsed.GetValue(peer), output.WriteLine,
                        cancellation));
                }
                await server.SettleAsync(cancellation);
                report.Add(await new RollupAuditor(server.Database).CompareAsync(cancellation));
                return report.IsClean ? 0 : 1;

                TimeSpan Seconds(Option<double> option) => TimeSpan.FromSeconds(parsed.GetValue(option));
            }
            catch (Exception e) when (e is StartException or TimeoutException or InvalidOperationException)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync("error: " + e.Message);
                return 1;
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        });
        return command;
    }
}
