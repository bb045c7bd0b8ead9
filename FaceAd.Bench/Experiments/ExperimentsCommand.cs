using System.CommandLine;
using System.Text.Json;
using FaceAd.Bench.Evaluation;
using FaceAd.Core.Decisions.Experiments;

namespace FaceAd.Bench.Experiments;

/// <summary>
/// <c>experiments</c>: how often creatives that are the same are told apart, and how often those that differ are, beside the usual test.
/// </summary>
static class ExperimentsCommand
{
    static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    // What each creative adds to the mean; the first is the control.
    static readonly (string Name, ExperimentMetric Metric, double[] Effects)[] Cases =
    [
        ("A/A, attention", ExperimentMetric.Attention, [0, 0]),
        ("A/A, completed views", ExperimentMetric.CompletedViews, [0, 0]),
        ("A/A/A, attention", ExperimentMetric.Attention, [0, 0, 0]),
        ("A/B, attention + 3 points", ExperimentMetric.Attention, [0, 0.03]),
        ("A/B, attention + 5 points", ExperimentMetric.Attention, [0, 0.05]),
        ("A/B, completed views + 5 points", ExperimentMetric.CompletedViews, [0, 0.05]),
        ("A/B, completed views + 10 points", ExperimentMetric.CompletedViews, [0, 0.1]),
        ("A/B/B, attention + 5 points", ExperimentMetric.Attention, [0, 0.05, 0.05]),
    ];

    public static Command Create()
    {
        var runs = new Option<int>("--runs") { Description = "Experiments of each kind", DefaultValueFactory = _ => 1_000 };
        var worlds = new Option<int>("--worlds") { Description = "Drawn traffic they share", DefaultValueFactory = _ => 4 };
        var seed = new Option<int>("--first-seed") { Description = "Seed of the first", DefaultValueFactory = _ => 1 };
        var smallest = new Option<double>("--smallest")
        {
            Description = "Smallest difference worth knowing",
            DefaultValueFactory = _ => 0.03,
        };
        var json = EvaluationOptions.Json();
        var command = new Command("experiments", "How often experiments with creatives are right.") { runs, worlds, seed, smallest, json };
        command.SetAction((parsed, cancellation) => EvaluationOptions.RunAsync(parsed, () =>
        {
            var (output, count, first) = (parsed.InvocationConfiguration.Output, parsed.GetValue(runs), parsed.GetValue(seed));
            var outcomes = Cases.Select(_ => new ExperimentOutcome[count]).ToArray();
            var drawn = Math.Clamp(parsed.GetValue(worlds), 1, count);
            for (var number = 0; number < drawn; number++)
            {
                var world = new ExperimentWorld(first + number);
                parsed.InvocationConfiguration.Error.WriteLine($"world {number + 1} of {drawn}: {world.Showings.Count} plays");
                var own = Enumerable.Range(0, count).Where(run => run % drawn == number);
                Parallel.ForEach(own, new ParallelOptions { CancellationToken = cancellation }, run =>
                {
                    for (var kind = 0; kind < Cases.Length; kind++)
                    {
                        var (_, metric, effects) = Cases[kind];
                        var chance = (((first * 1_000_003) + run) * Cases.Length) + kind;
                        var bytes = new byte[16];
                        new Random(chance).NextBytes(bytes);
                        var rule = new ExperimentRule(parsed.GetValue(smallest), effects.Length);
                        outcomes[kind][run] =
                            new ExperimentRun(world, rule, new Guid(bytes)).Run(new Audience(metric, effects, chance));
                    }
                });
            }
            var rows = Cases.Select((c, i) => ExperimentRow.Of(c.Name, BestOf(c.Effects), outcomes[i])).ToList();
            if (parsed.GetValue(json)) output.WriteLine(JsonSerializer.Serialize(rows, Indented));
            else
            {
                output.WriteLine(ExperimentRow.Heading);
                foreach (var row in rows) output.WriteLine(row);
            }
            return Task.CompletedTask;
        }));
        return command;
    }

    static int? BestOf(double[] effects)
    {
        var best = effects.Max();
        return effects.Count(e => e == best) == 1 ? Array.IndexOf(effects, best) : null;
    }
}
