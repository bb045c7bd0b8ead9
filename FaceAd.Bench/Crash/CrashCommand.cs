using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using FaceAd.Web.Data;

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
        var seed = new Option<int>("--seed") { Description = "Seed of kills and player behaviour", DefaultValueFactory = _ => 1 };
        var models = Repository.ModelsOption();
        var modules = Repository.NodeModulesOption();
        var command = new Command(
            "crash", "SIGKILL of web server and PostgreSQL at random moments while two players report; then checks all acknowledged facts.")
        {
            cycles, seed, models, modules,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            var folder = Directory.CreateTempSubdirectory("facead-crash-").FullName;
            File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.OtherExecute); // PostgreSQL does not run as root
            try
            {
                var clock = Stopwatch.StartNew();
                await output.WriteLineAsync(
                    string.Create(CultureInfo.InvariantCulture, $"seed {parsed.GetValue(seed)}, {parsed.GetValue(cycles)} kills"));
                var report = await CrashRun.RunAsync(
                    new CrashOptions(parsed.GetValue(cycles), parsed.GetValue(seed), folder, parsed.GetRequiredValue(modules).FullName,
                        parsed.GetRequiredValue(models).FullName),
                    output.WriteLine, cancellation);
                await output.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture,
                    $"killed: web server {report.Kills.Web}, PostgreSQL {report.Kills.Postgres}, both {report.Kills.Both}; {clock.Elapsed.TotalSeconds:F0} s"));
                await output.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture,
                    $"acknowledged: {report.Plays} plays, {report.Reports} audience reports; {report.Exposures} exposures"));
                foreach (var fault in report.Faults) await output.WriteLineAsync("FAULT: " + fault);
                await output.WriteLineAsync(report.Faults.Count == 0
                    ? "Every acknowledged fact is there exactly once, and every count equals a recount."
                    : $"{report.Faults.Count} faults");
                return report.Faults.Count == 0 ? 0 : 1;
            }
            catch (Exception e) when (e is StartException or TimeoutException)
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
