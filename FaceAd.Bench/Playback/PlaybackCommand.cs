using System.CommandLine;
using System.Globalization;
using FaceAd.Player;

namespace FaceAd.Bench.Playback;

/// <summary><c>playback</c>: how soon the picture is back after a player or its browser was killed or froze.</summary>
static class PlaybackCommand
{
    public static Command Create()
    {
        var kills = new Option<int>("--kills") { Description = "Number of times of each fault", DefaultValueFactory = _ => 4 };
        var seed = new Option<int>("--seed") { Description = "Seed of the moments of the faults", DefaultValueFactory = _ => 1 };
        var reports = new Option<int>("--reports")
        {
            Description = "Play reports that wait in the outbox",
            DefaultValueFactory = _ => 50_000,
        };
        var megabytes = new Option<int>("--megabytes")
        {
            Description = "Megabytes of further creatives in the cache",
            DefaultValueFactory = _ => 1000,
        };
        var program = new Option<FileInfo>("--player")
        {
            Description = "The player's assembly",
            DefaultValueFactory = _ => new FileInfo(typeof(PlayerHost).Assembly.Location),
        };
        foreach (var count in (Option<int>[])[kills, reports, megabytes])
        {
            count.Validators.Add(result =>
            {
                if (result.GetValueOrDefault<int>() is < 0 or > 1_000_000) result.AddError("0 to 1,000,000.");
            });
        }
        var command = new Command(
            "playback", "Seconds from SIGKILL of player or browser, or SIGSTOP of the browser, to the first frame of a new page, and what is left of the old.")
        {
            kills, seed, reports, megabytes, program,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            var folder = Directory.CreateTempSubdirectory("facead-playback-").FullName;
            try
            {
                await using var run = new PlaybackRun(folder, parsed.GetRequiredValue(program).FullName);
                await run.StartAsync(parsed.GetValue(reports), parsed.GetValue(megabytes), cancellation);
                return await MeasureAsync(run, parsed.GetValue(kills), new Random(parsed.GetValue(seed)), output, cancellation);
            }
            catch (Exception e) when (e is TimeoutException or InvalidOperationException)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync("playback: " + e.Message);
                return 1;
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        });
        return command;
    }

    static async Task<int> MeasureAsync(PlaybackRun run, int kills, Random random, TextWriter output, CancellationToken cancellation)
    {
        var orphans = 0;
        await output.WriteLineAsync("fault             times   median      p90      max   s to the first frame   orphans");
        foreach (var fault in PlaybackRun.Faults)
        {
            var seconds = new List<double>();
            var left = 0;
            for (var i = 0; i < kills; i++)
            {
                var (took, remain) = await run.MeasureAsync(fault, TimeSpan.FromSeconds(5 + random.NextDouble()), cancellation);
                seconds.Add(took);
                left += remain;
            }
            seconds.Sort();
            if (kills > 0) await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{fault.Name,-16} {kills,6}   {At(seconds, .5),6:0.00}   {At(seconds, .9),6:0.00}   {seconds[^1],6:0.00}   {"",20}   {left,7}"));
            orphans += left;
        }
        return orphans == 0 ? 0 : 1;
    }

    // The value that this share of all does not exceed.
    static double At(List<double> sorted, double share) => sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Count) - 1)];
}
