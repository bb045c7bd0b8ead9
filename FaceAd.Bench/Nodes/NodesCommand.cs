using System.CommandLine;
using System.Globalization;
using FaceAd.Bench.Evaluation;
using FaceAd.Web.Hosting;

namespace FaceAd.Bench.Nodes;

/// <summary>
/// <c>nodes</c>: how long a screen waits for another node when the owner of its site is killed, hangs, or loses its database; and whether
/// anything is lost or counted twice.
/// </summary>
static class NodesCommand
{
    public static Command Create()
    {
        var rounds = new Option<int>("--rounds") { Description = "Rounds of each kind of fault", DefaultValueFactory = _ => 3 };
        var nodes = new Option<int>("--nodes") { Description = "Number of nodes", DefaultValueFactory = _ => 2 };
        var seed = new Option<int>("--seed")
        {
            Description = "Seed of the players and of the order of faults",
            DefaultValueFactory = _ => 1,
        };
        var models = Repository.ModelsOption();
        var modules = Repository.NodeModulesOption();
        var command = new Command(
            "nodes",
            "Real nodes on one PostgreSQL: the owner is killed, hung or kept from the database; time until another targets, and all facts.")
        {
            rounds, nodes, seed, models, modules,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            if (parsed.GetValue(rounds) < 1 || parsed.GetValue(nodes) < 2)
            {
                await error.WriteLineAsync("nodes: give one round or more, and two nodes or more.");
                return 1;
            }
            var folder = Directory.CreateTempSubdirectory("facead-nodes-").FullName;
            File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.OtherExecute); // PostgreSQL does not run as root
            try
            {
                var options = new NodesOptions(
                    parsed.GetValue(rounds), parsed.GetValue(nodes), parsed.GetValue(seed), folder,
                    parsed.GetRequiredValue(modules).FullName, parsed.GetRequiredValue(models).FullName);
                return Print(output, options, await new NodesRun(options, output.WriteLine).RunAsync(cancellation));
            }
            catch (Exception e) when (e is StartException or TimeoutException or InvalidOperationException)
            {
                await error.WriteLineAsync("error: " + e.Message);
                return 1;
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        });
        return command;
    }

    private static int Print(TextWriter output, NodesOptions options, NodesReport report)
    {
        output.WriteLine(Text($"{options.Nodes} nodes, {options.Rounds} rounds of each kind; seconds from the fault to a command of another node"));
        foreach (var (fault, seconds) in report.Seconds)
            output.WriteLine(Text($"  owner {fault.ToString().ToLowerInvariant(),-10} median {Bootstrap.Quantile(seconds, 0.5),5:0.0}   p90 {Bootstrap.Quantile(seconds, 0.9),5:0.0}   max {seconds[^1],5:0.0}   (aim: < {(fault == NodeFault.Killed ? 5 : 15)})"));
        output.WriteLine(Text($"acknowledged: {report.Plays} plays, {report.Reports} audience reports; commands of a former owner after its successor's: {report.Late}"));
        foreach (var fault in report.Faults) output.WriteLine("FAULT: " + fault);
        output.WriteLine(report.Faults.Count == 0
            ? "Nothing was lost, doubled or enrolled twice, and every count equals a recount."
            : Text($"{report.Faults.Count} faults"));
        return report.Faults.Count == 0 && report.Late == 0 ? 0 : 1;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
