using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using FaceAd.Bench.Circuits;
using FaceAd.Web.Creatives;
using FaceAd.Web.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FaceAd.Bench.Fuzz;

/// <summary>
/// <c>fuzz</c>: many spoilt inputs for everything that takes inputs from outside. Nothing may crash, hang, answer 500 or take too much.
/// </summary>
static class FuzzCommand
{
    const int LongRun = 10_000;

    public static Command Create()
    {
        var inputs = new Option<int>("--inputs") { Description = "How many, over all targets", DefaultValueFactory = _ => 100_000 };
        var seed = new Option<int?>("--seed") { Description = "The same seed makes the same inputs; another one each time by default" };
        var keep = new Option<DirectoryInfo>("--keep")
        {
            Description = "Folder for inputs that found a fault",
            DefaultValueFactory = _ => new DirectoryInfo(Path.Combine(Path.GetTempPath(), "facead-fuzz-faults")),
        };
        var models = Repository.ModelsOption();
        var nodeModules = Repository.NodeModulesOption();
        var command = new Command(
            "fuzz", "Gives spoilt pictures, videos, JSON, queries, headers, proofs and hub messages to the real web app; nothing may crash, hang, answer 500 or take more than twice the memory of the largest right input.")
        {
            inputs, seed, keep, models, nodeModules,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var number = parsed.GetValue(seed) ?? RandomNumberGenerator.GetInt32(int.MaxValue);
            var output = parsed.InvocationConfiguration.Output;
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"seed {number}"));
            await output.WriteLineAsync($"{"target",-18} {"inputs",8} {"slowest",10} {"most KB",9} {"right KB",9}  answers");
            void Print(FuzzResult r)
            {
                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{r.Name,-18} {r.Inputs,8} {r.Slowest.TotalMilliseconds,7:0} ms {r.MostBytes / 1024,9} {r.LegalBytes / 1024,9}  {string.Join(", ", r.Answers.Select(a => $"{a.Key} {a.Value}"))}"));
                output.Flush();
            }
            var results = await RunAsync(
                parsed.GetValue(inputs), number, parsed.GetRequiredValue(keep).FullName, parsed.GetRequiredValue(models).FullName,
                parsed.GetRequiredValue(nodeModules).FullName, Print, cancellation);
            foreach (var fault in results.SelectMany(r => r.Faults)) await output.WriteLineAsync(fault);
            using var process = Process.GetCurrentProcess();
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{results.Sum(r => r.Inputs)} inputs, {results.Sum(r => r.Faults.Count)} faults, at most {process.PeakWorkingSet64 / 1_048_576} MB (the programs that decode videos beside it: {ChildProcess.UsualMemory} each)"));
            return results.All(r => r.Faults.Count == 0) ? 0 : 1;
        });
        return command;
    }

    /// <summary>Runs against a web app of its own.</summary>
    public static async Task<List<FuzzResult>> RunAsync(
        int inputs, int seed, string keep, string models, string nodeModules, Action<FuzzResult> done, CancellationToken cancellation)
    {
        var folder = Directory.CreateDirectory(Path.Combine( // which the account of PostgreSQL may enter
            Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"facead-fuzz-{Environment.ProcessId}"))).FullName;
        try
        {
            await using var web = await HostedWeb.StartAsync(folder, models, nodeModules, LoopbackPort.Free(), cancellation);
            var media = web.Services.GetRequiredService<IOptions<MediaOptions>>().Value;
            (media.PlayBeforeApproval, media.UnfinishedUploads) = (false, int.MaxValue); // what is encoded is ours
            (media.UnfinishedBytes, media.OrganisationBytes) = (long.MaxValue, long.MaxValue);
            using var senders = await FuzzedWeb.MakeAsync(web);
            var targets = await FuzzTargets.MakeAsync(web, senders, inputs >= LongRun, cancellation);
            var results = await FuzzRun.RunAsync(targets, inputs, seed, keep, done, cancellation);
            if (!await senders.IsWellAsync(cancellation)) throw new FuzzException("The web app is not ready any more.");
            return results;
        }
        finally
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (IOException)
            {
                // PostgreSQL writes to its end; the system clears what is left.
            }
        }
    }
}
