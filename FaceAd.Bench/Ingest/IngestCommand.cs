using System.CommandLine;
using System.Globalization;
using FaceAd.Web.Data;
using FaceAd.Web.Hosting;

namespace FaceAd.Bench.Ingest;

/// <summary><c>ingest</c>: the production intake of play reports, against a plain COPY of the same rows into the same table.</summary>
static class IngestCommand
{
    public static Command Create()
    {
        var rows = new Option<int>("--rows") { Description = "Distinct plays per round", DefaultValueFactory = _ => 40_000 };
        var rounds = new Option<int>("--rounds") { Description = "Rounds; methods alternate within each", DefaultValueFactory = _ => 9 };
        var players = new Option<int[]>("--players")
        {
            Description = "Players sending at the same time, 25 reports per request; one table per number",
            DefaultValueFactory = _ => [1, 16, 80, 320],
            AllowMultipleArgumentsPerToken = true,
        };
        var modules = Repository.NodeModulesOption();
        var command =
            new Command("ingest", "Durable, de-duplicated ingest of play reports against a bare binary COPY of the same rows.") { rows,
                rounds, players, modules };
        command.SetAction(async (parsed, cancellation) =>
        {
            var folder = Directory.CreateTempSubdirectory("facead-ingest-").FullName;
            try
            {
                File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.OtherExecute); // PostgreSQL does not run as root
                await using var postgres = await EmbeddedPostgres.StartAsync(
                    Path.Combine(folder, "postgres"), Repository.PostgresIn(parsed.GetRequiredValue(modules).FullName), cancellation);
                await using var bench = await IngestBench.StartAsync(
                    postgres.AdminConnectionString, parsed.GetRequiredValue(players).Max(), cancellation);
                var output = parsed.InvocationConfiguration.Output;
                await output.WriteLineAsync("Times are of whole runs until the last commit; fsync is on. Ratio: COPY's time / the intake's, median of the rounds (95 %).");
                foreach (var count in parsed.GetRequiredValue(players))
                {
                    foreach (var duplicates in new[] { 0, 0.05 })
                        await PrintAsync(output, count, duplicates,
                            await bench.RunAsync(count, parsed.GetValue(rows), duplicates, parsed.GetValue(rounds), cancellation));
                }
                return 0;
            }
            catch (StartException e)
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

    private static async Task PrintAsync(TextWriter output, int players, double duplicates, IngestFigures figures)
    {
        static string Rate(double rowsPerSecond) => rowsPerSecond.ToString("N0", CultureInfo.InvariantCulture);
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"\n{players} players, {duplicates:P0} duplicates, {figures.Rows:N0} rows a round, {figures.Rounds} rounds, groups of {figures.GroupSize:F0}"));
        await output.WriteLineAsync($"  intake                                {Rate(figures.IntakeRate),9} rows/s");
        await output.WriteLineAsync(
            $"  COPY, as many rows a commit           {Rate(figures.CopyRate),9} rows/s   ratio {figures.Ratio.ToText(2)}");
        await output.WriteLineAsync(
            $"  COPY, all rows in one commit          {Rate(figures.CopyAllRate),9} rows/s   ratio {figures.RatioToAll.ToText(2)}");
        await output.WriteLineAsync("  of the intake's time (steps of two groups overlap): "
            + string.Join(", ", figures.Steps.Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Name} {s.Share:P0}"))));
    }
}
