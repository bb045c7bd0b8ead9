using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using FaceAd.Web.Hosting;

namespace FaceAd.Bench.Uploads;

/// <summary>
/// <c>upload</c>: server memory and throughput of a large upload over a connection that is cut twice, against the same bytes in one
/// request.
/// </summary>
static class UploadCommand
{
    public static Command Create()
    {
        var megabytes = new Option<int>("--megabytes") { Description = "Video size in MB (2^20 bytes)", DefaultValueFactory = _ => 300 };
        var rounds = new Option<int>("--rounds") { Description = "Measurements of each method", DefaultValueFactory = _ => 3 };
        megabytes.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 450) result.AddError("1 to 450 MB.");
        });
        rounds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1) result.AddError("At least one round.");
        });
        var models = Repository.ModelsOption();
        var modules = Repository.NodeModulesOption();
        var command = new Command("upload", "A large video by resumable upload through a connection that is cut twice: server memory and throughput, beside one plain request.")
        {
            megabytes, rounds, models, modules,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            var folder = Directory.CreateTempSubdirectory("facead-upload-").FullName;
            File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.OtherExecute); // PostgreSQL does not run as root
            try
            {
                await RunAsync(folder, parsed.GetRequiredValue(modules).FullName, parsed.GetRequiredValue(models).FullName,
                    parsed.GetValue(megabytes), parsed.GetValue(rounds), output, cancellation);
                return 0;
            }
            catch (Exception e) when (e is StartException or TimeoutException or InvalidOperationException or HttpRequestException)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync("upload: " + e.Message);
                return 1;
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        });
        return command;
    }

    static async Task RunAsync(
        string folder, string modules, string models, int megabytes, int rounds, TextWriter output, CancellationToken cancellation)
    {
        var video = Path.Combine(folder, "video.mp4");
        await UploadBench.MakeVideoAsync(video, megabytes, cancellation);
        var bytes = new FileInfo(video).Length;
        await output.WriteLineAsync(Line($"video of {bytes / 1048576.0:0.0} MB, noise in H.264; {rounds} rounds of each way, in turn"));
        await using var bench = await UploadBench.StartAsync(folder, modules, models, cancellation);
        // Warm-up: what the first upload loads for good is not a cost of either method.
        await bench.OneRequestAsync(video, cancellation);
        var ways = new (string Name, Func<Task> Send)[]
        {
            ("one plain request", () => bench.OneRequestAsync(video, cancellation)),
            ("resumable, one piece", () => bench.PiecesAsync(video, bytes, cuts: 0, cancellation)),
            ("resumable, pieces of 8 MB", () => bench.PiecesAsync(video, UploadBench.Piece, cuts: 0, cancellation)),
            ("resumable, 8 MB, cut twice", () => bench.PiecesAsync(video, UploadBench.Piece, cuts: 2, cancellation)),
        };
        var rates = ways.ToDictionary(w => w.Name, _ => new List<double>());
        var grown = ways.ToDictionary(w => w.Name, _ => new List<double>());
        var highest = 0L;
        for (var round = 0; round < rounds; round++)
        {
            foreach (var (name, send) in ways)
            {
                var (seconds, before, peak) = await bench.MeasureAsync(send, cancellation);
                rates[name].Add(bytes / 1048576.0 / seconds);
                grown[name].Add((peak - before) / 1048576.0);
                highest = Math.Max(highest, peak);
            }
        }
        await output.WriteLineAsync("way                            MB/s, each round            server memory above before, MB");
        foreach (var (name, _) in ways) await output.WriteLineAsync($"{name,-30} {Row(rates[name], "0"),-27} {Row(grown[name], "0.0")}");
        await output.WriteLineAsync(Line($"most memory of the server at any time: {highest / 1048576.0:0} MB"));
        var clock = Stopwatch.StartNew();
        await output.WriteLineAsync($"the video that was cut twice: {await bench.LastCreativeAsync(cancellation)}; ready {Line($"{clock.Elapsed.TotalSeconds:0}")} s later");
    }

    static string Row(IEnumerable<double> values, string format) =>
        string.Join("  ", values.Select(v => v.ToString(format, CultureInfo.InvariantCulture)));

    static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
