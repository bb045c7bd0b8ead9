using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using FaceAd.Web.Hosting;

namespace FaceAd.Bench.Crash;

/// <summary>
/// <c>crash</c>: kills the web server and PostgreSQL while two players report, and checks that no acknowledged fact is lost or
/// duplicated.
/// </summary>
static class CrashCommand
{
    public static Command Create()
    {
        var cycles = new Option<int>("--cycles") { Description = "Number of kills", DefaultValueFactory = _ => 100 };
        var rounds = new Option<int>("--rounds")
        {
            Description = "Number of faults of every kind instead: kills, hangs, cut and silent connections, full disks, wrong clocks",
        };
        var seed = new Option<int>("--seed") { Description = "Seed of kills and player behaviour", DefaultValueFactory = _ => 1 };
        var models = Repository.ModelsOption();
        var modules = Repository.NodeModulesOption();
        var command = new Command(
            "crash", "SIGKILL of web server and PostgreSQL at random moments while two players report; then checks all acknowledged facts.")
        {
            cycles, rounds, seed, models, modules,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            var folder = Directory.CreateTempSubdirectory("facead-crash-").FullName;
            File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.OtherExecute); // PostgreSQL does not run as root
            try
            {
                var clock = Stopwatch.StartNew();
                var (mixed, kills) = (parsed.GetValue(rounds), parsed.GetValue(cycles));
                await output.WriteLineAsync(
                    string.Create(CultureInfo.InvariantCulture, $"seed {parsed.GetValue(seed)}, {(mixed > 0 ? mixed : kills)} {(mixed > 0 ? "faults of every kind" : "kills")}"));
                var report = await CrashRun.RunAsync(
                    new CrashOptions(
                        mixed > 0 ? mixed : kills, parsed.GetValue(seed), folder, parsed.GetRequiredValue(modules).FullName,
                        parsed.GetRequiredValue(models).FullName, mixed > 0),
                    output.WriteLine, cancellation);
                await output.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{string.Join(", ", report.Harm.Select(h => $"{CrashHarm.NameOf(h.Key)} {h.Value}"))}; {clock.Elapsed.TotalSeconds:F0} s"));
                await output.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture,
                    $"acknowledged: {report.Plays} plays, {report.Reports} audience reports; {report.Exposures} exposures"));
                foreach (var fault in report.Faults) await output.WriteLineAsync("FAULT: " + fault);
                await output.WriteLineAsync(report.Faults.Count == 0
                    ? "Every acknowledged fact is there exactly once, and every count equals a recount."
                    : $"{report.Faults.Count} faults");
                return report.Faults.Count == 0 ? 0 : 1;
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
