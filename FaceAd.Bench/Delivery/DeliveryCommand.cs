using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using FaceAd.Bench.Evaluation;

namespace FaceAd.Bench.Delivery;

/// <summary><c>delivery</c>: what policies deliver of the same contracts on the same traffic, beside what hindsight could.</summary>
static class DeliveryCommand
{
    /// <summary>Days before the first flight, for forecasts.</summary>
    public const int Learned = 28;

    static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Command Create()
    {
        var seeds = new Option<int>("--seeds") { Description = "Number of traces", DefaultValueFactory = _ => 10 };
        var first = new Option<int>("--first-seed") { Description = "Seed of the first trace", DefaultValueFactory = _ => 1 };
        var days = new Option<int>("--days") { Description = "Days booked", DefaultValueFactory = _ => 14 };
        var campaigns = new Option<int>("--campaigns") { Description = "Contracts drawn", DefaultValueFactory = _ => 50 };
        var load = new Option<double>("--load") { Description = "Booked share of what could be kept", DefaultValueFactory = _ => 0.85 };
        var stressed = new Option<int>("--stressed") { Description = "Traces of each stress case", DefaultValueFactory = _ => 3 };
        var recorded = new Option<string>("--recorded")
        {
            Description = "Replay the presences of an installation instead: connection string of its database",
        };
        var exact = new Option<bool>("--exact") { Description = "Solve the first trace by linear programming, too" };
        var json = EvaluationOptions.Json();
        var command = new Command(
            "delivery", "Value, evenness and broken rules of policies over simulated traffic, beside an upper bound.")
        {
            seeds, first, days, campaigns, load, stressed, recorded, exact, json,
        };
        command.SetAction((parsed, cancellation) => EvaluationOptions.RunAsync(parsed, async () =>
        {
            var (output, log) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var book = new Booking(parsed.GetValue(days), parsed.GetValue(campaigns), parsed.GetValue(load));
            var from = parsed.GetValue(first);
            var past = parsed.GetValue(recorded) is { } database ? await RecordedTrace.ReadAsync(database, cancellation) : null;
            var run = new DeliveryRun(book, past, parsed.GetValue(exact), log, cancellation);
            var main = run.Rows(Stress.None, from, past is null ? parsed.GetValue(seeds) : 1);
            Dictionary<string, IReadOnlyList<DeliveryRow>> stress = [];
            if (past is null && parsed.GetValue(stressed) > 0)
            {
                foreach (var one in Stress.All) stress.Add(one.Name, run.Rows(one, from, parsed.GetValue(stressed)));
            }
            if (parsed.GetValue(json))
            {
                output.WriteLine(JsonSerializer.Serialize(new { main, stress }, Indented));
                return;
            }
            var what = past is null ? $"{parsed.GetValue(seeds)} traces" : "Recorded presences";
            Print(output, $"{what}, {parsed.GetValue(load):P0} of what could be kept is booked", main);
            foreach (var (name, rows) in stress) Print(output, $"{name}, {parsed.GetValue(stressed)} traces", rows);
        }));
        return command;
    }

    static void Print(TextWriter output, string title, IReadOnlyList<DeliveryRow> rows)
    {
        output.WriteLine();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{title}:"));
        output.WriteLine(DeliveryRow.Heading);
        foreach (var row in rows) output.WriteLine(row);
    }
}
