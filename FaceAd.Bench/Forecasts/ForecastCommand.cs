using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using FaceAd.Bench.Delivery;
using FaceAd.Bench.Evaluation;
using FaceAd.Core;
using FaceAd.Web.Metrics.Forecasts;

namespace FaceAd.Bench.Forecasts;

/// <summary><c>forecast</c>: what was forecast of contracts, beside what came true, and beside how others forecast it.</summary>
static class ForecastCommand
{
    static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    const int LeastPeople = 50; // of a target: below it, one person is two per cent

    public static Command Create()
    {
        var seeds = new Option<int>("--seeds") { Description = "Number of worlds", DefaultValueFactory = _ => 10 };
        var first = new Option<int>("--first-seed") { Description = "Seed of the first", DefaultValueFactory = _ => 1 };
        var campaigns = new Option<int>("--campaigns") { Description = "Contracts drawn", DefaultValueFactory = _ => 40 };
        var load = new Option<double>("--load") { Description = "Booked share of what could be kept", DefaultValueFactory = _ => 0.7 };
        var json = EvaluationOptions.Json();
        var command = new Command("forecast", "Forecasts of contracts beside what came true.") { seeds, first, campaigns, load, json };
        command.SetAction((parsed, cancellation) => EvaluationOptions.RunAsync(parsed, () =>
        {
            var (output, log) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var (from, count) = (parsed.GetValue(first), parsed.GetValue(seeds));
            List<ForecastCase> cases = [];
            for (var seed = from; seed < from + count; seed++)
            {
                var world = new ForecastWorld(seed, parsed.GetValue(campaigns), parsed.GetValue(load), cancellation);
                var found = CasesOf(world, seed).ToList();
                log.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"seed {seed}: {world.Trace.Stays.Count:N0} presences, {found.Count} contracts"));
                cases.AddRange(found);
            }
            var scores = ForecastScore.Of(cases);
            if (parsed.GetValue(json)) output.WriteLine(JsonSerializer.Serialize(scores, Indented));
            else
            {
                output.WriteLine(ForecastScore.Heading);
                foreach (var score in scores) output.WriteLine(score);
            }
            return Task.CompletedTask;
        }));
        return command;
    }

    static IEnumerable<ForecastCase> CasesOf(ForecastWorld world, int seed)
    {
        var (truths, before) = (world.Run(earlier: 0), world.Run(earlier: SiteCalendar.EpochDays));
        var plans = world.Contracts.Select(c => SimulatedNetwork.Campaign(c, world.Trace)).ToList();
        var today = world.Trace.FirstDay.AddDays(world.Trace.Booked);
        foreach (var contract in world.Contracts)
        {
            var (truth, plan) = (truths[contract.Number], plans[contract.Number]);
            if (truth.Universe < LeastPeople || contract.Targets.Contains(Segment.Kids)) continue;
            var alone = new Forecaster(plan, world.Facts, [], today).Make();
            var forecast = new Forecaster(plan, world.Facts, plans, today).Make();
            if (forecast.Reach is not { } reach) continue;
            var patterns = Baselines.PatternsOf(world.Facts, plan);
            var mean = forecast.Impressions.Value / reach.Universe.Value;
            yield return new ForecastCase(seed, truth, before[contract.Number], alone.Free, forecast)
            {
                NegativeBinomial = Baselines.NegativeBinomial(patterns, mean),
                BetaBinomial = Baselines.BetaBinomial(patterns, mean, contract.Days),
            };
        }
    }
}
