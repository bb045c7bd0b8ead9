using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using FaceAd.Bench.Evaluation;
using FaceAd.Core;
using FaceAd.Core.Decisions;

namespace FaceAd.Bench.Decisions;

/// <summary>
/// <c>decide</c>: what one decision costs: by cost per impression, beside the same rule written as plain LINQ, and by value.
/// </summary>
static class DecideCommand
{
    static readonly DateTimeOffset Now = new(2026, 3, 10, 3, 0, 0, TimeSpan.Zero);
    static readonly DateOnly Today = SiteCalendar.Default.DayOf(Now);

    public static Command Create()
    {
        var campaigns = new Option<int[]>("--campaigns")
        {
            Description = "Approved campaigns",
            DefaultValueFactory = _ => [100, 1_000, 10_000],
            AllowMultipleArgumentsPerToken = true,
        };
        var decisions = new Option<int>("--decisions") { Description = "Decisions measured", DefaultValueFactory = _ => 5_000 };
        var seed = new Option<int>("--seed") { Description = "Seed of all random draws", DefaultValueFactory = _ => 1 };
        var command = new Command(
            "decide", "Microseconds and allocated bytes of one decision on one thread: by cost per impression, beside itself as plain LINQ, and the choice by value.")
        {
            campaigns, decisions, seed,
        };
        command.SetAction((parsed, cancellation) => EvaluationOptions.RunAsync(parsed, () =>
        {
            var output = parsed.InvocationConfiguration.Output;
            output.WriteLine("One thread; cabins of one to four riders; campaigns for one to three segments, a quarter of them at one site of ten, a tenth outside their hours.");
            output.WriteLine(
                $"  {"campaigns",10}{"us, median",12}{"us, 99 %",12}{"bytes",9}{"LINQ us",12}{"LINQ bytes",12}{"same winner",13}");
            List<string> byValue = [];
            foreach (var size in parsed.GetRequiredValue(campaigns))
            {
                cancellation.ThrowIfCancellationRequested();
                var random = new Random(parsed.GetValue(seed));
                byValue.Add(Measure(output, Math.Max(1, size), Math.Max(10, parsed.GetValue(decisions)), random));
            }
            output.WriteLine();
            output.WriteLine("By value, with caps, categories, sequences, shares of voice and recognised riders, while budgets and plays go on.");
            output.WriteLine(ValueCost.Heading);
            foreach (var line in byValue) output.WriteLine(line);
            return Task.CompletedTask;
        }));
        return command;
    }

    static string Measure(TextWriter output, int size, int decisions, Random random)
    {
        Guid[] sites = [.. Enumerable.Range(1, 10).Select(i => new Guid(i, 0, 0, new byte[8]))];
        var snapshot = new DecisionSnapshot(Now, [.. Enumerable.Range(1, size).Select(i => Draw(i, sites, random))], []);
        Cabin[] cabins =
            [.. Enumerable.Range(0, 64).Select(_ => new Cabin(sites[random.Next(sites.Length)], SiteCalendar.Default, Riders(random)))];
        for (var i = 0; i < 200; i++)
        {
            Decider.Decide(snapshot, cabins[i % cabins.Length], Now);
            Plain(snapshot, cabins[i % cabins.Length]);
        }

        var (ours, peer) = (new double[decisions], new double[cabins.Length]);
        var (same, bytes, peerBytes) = (0, 0L, 0L);
        for (var i = 0; i < decisions; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var started = Stopwatch.GetTimestamp();
            Decider.Decide(snapshot, cabins[i % cabins.Length], Now);
            ours[i] = Stopwatch.GetElapsedTime(started).TotalMicroseconds;
            bytes += GC.GetAllocatedBytesForCurrentThread() - before;
        }
        for (var i = 0; i < cabins.Length; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var started = Stopwatch.GetTimestamp();
            var winner = Plain(snapshot, cabins[i]);
            peer[i] = Stopwatch.GetElapsedTime(started).TotalMicroseconds;
            peerBytes += GC.GetAllocatedBytesForCurrentThread() - before;
            if (winner?.Id == Decider.Decide(snapshot, cabins[i], Now).Winner?.Campaign.Id) same++;
        }
        Array.Sort(ours);
        Array.Sort(peer);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  {size,10:N0}{ours[decisions / 2],12:F1}{ours[decisions * 99 / 100],12:F1}{bytes / decisions,9}{peer[peer.Length / 2],12:F1}{peerBytes / peer.Length,12:N0}{(double)same / cabins.Length,13:P0}"));
        Cabin[] more =
            [.. Enumerable.Range(0, 1_000).Select(_ => new Cabin(sites[random.Next(sites.Length)], SiteCalendar.Default, Riders(random)))];
        return ValueCost.Measure(snapshot.Campaigns, more, decisions, Now, random);
    }

    static SnapshotCampaign? Plain(DecisionSnapshot snapshot, Cabin cabin)
    {
        var dominant = DominantSegment.Of(cabin.Riders);
        var clock = cabin.Calendar.ClockAt(Now);
        return snapshot.Campaigns
            .Where(c => c.Targets.Contains(dominant) && Eligibility.Of(c.Terms, cabin.SiteId, clock) == Gate.None)
            .OrderByDescending(c => CostPerImpressionPolicy.CostPerImpression(c, cabin.Calendar, Now) ?? double.PositiveInfinity)
            .ThenBy(c => c.LastPlayAt ?? DateTimeOffset.MinValue)
            .ThenBy(c => c.Id)
            .FirstOrDefault();
    }

    static SnapshotCampaign Draw(int number, Guid[] sites, Random random) => new()
    {
        Id = new Guid(number, 1, 0, new byte[8]),
        StartsOn = Today.AddDays(-random.Next(10)),
        EndsOn = Today.AddDays(random.Next(10)),
        Targets = [.. SegmentProbabilities.Segments.OrderBy(_ => random.Next()).Take(random.Next(1, 4))],
        SiteIds = random.Next(4) == 0 ? [sites[random.Next(sites.Length)]] : [],
        Hours = random.Next(10) == 0 ? 1 : Dayparting.AllHours,
        PriceModel = PriceModel.Flat,
        BudgetKrw = random.Next(1, 100) * 100_000L,
        Impressions = random.Next(1, 100_000),
        TargetImpressions = 0,
        LastPlayAt = Now.AddSeconds(-random.Next(600)),
        Creatives = [new SnapshotCreative(new Guid(number, 2, 0, new byte[8]), "Video", new string('a', 64), 1, 15)],
    };

    static Rider[] Riders(Random random) => [.. Enumerable.Range(1, random.Next(1, 5)).Select(track =>
    {
        double[] shares = [.. SegmentProbabilities.Segments.Select(_ => random.NextDouble() + 0.01)];
        var sum = shares.Sum();
        return new Rider(new PresenceReport
        {
            PresenceId = Guid.NewGuid(),
            TrackId = track,
            From = Now.AddSeconds(-5),
            To = Now,
            InView = true,
            SecondsAttentive = 2,
            Segments = new SegmentProbabilities(
                shares[0] / sum, shares[1] / sum, shares[2] / sum, shares[3] / sum, shares[4] / sum, shares[5] / sum),
            FaceArea = 0.02,
        });
    })];
}
