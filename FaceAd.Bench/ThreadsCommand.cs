using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using FaceAd.Bench.Evaluation;
using FaceAd.Inference;
using FaceAd.Inference.Models;
using Microsoft.ML.OnnxRuntime;

namespace FaceAd.Bench;

/// <summary>
/// <c>threads</c>: compares the throughput of several workers with one thread each, several threads per model, and batches.
/// </summary>
static class ThreadsCommand
{
    static readonly int[] Batches = [1, 2, 4];

    public static Command Create()
    {
        var seconds = new Option<double>("--seconds") { Description = "Seconds per measurement", DefaultValueFactory = _ => 2 };
        var cores = new Option<int>("--cores")
        {
            Description = "Workers, or threads of a model, to compare with one",
            DefaultValueFactory = _ => Environment.ProcessorCount,
        };
        var models = Repository.ModelsOption();
        var command = new Command(
            "threads", "Inputs per second of each model: one thread and several workers, several threads and one worker, batches.")
        {
            seconds, cores, models,
        };
        command.SetAction((parsed, cancellation) => EvaluationOptions.RunAsync(parsed, () =>
        {
            var folder = parsed.GetRequiredValue(models).FullName;
            // Verifies every model, and starts ONNX Runtime as the product does.
            using var chain = new FaceChain(new FaceChainOptions { ModelFolder = folder });
            var duration = TimeSpan.FromSeconds(Math.Clamp(parsed.GetValue(seconds), 0.1, 60));
            Compare(folder, Math.Max(2, parsed.GetValue(cores)), duration, parsed.InvocationConfiguration.Output, cancellation);
            return Task.CompletedTask;
        }));
        return command;
    }

    static void Compare(string folder, int cores, TimeSpan duration, TextWriter output, CancellationToken cancellation)
    {
        output.WriteLine($"  {"model",-14}{"threads",8}{"workers",8}{"batch",6}{"inputs/s",11}{"ms of CPU",11}");
        foreach (var entry in ModelManifest.Load(folder).Models.Where(m => m.Input is not null))
        {
            var free = HasFreeBatch(folder, entry);
            foreach (var (threads, workers) in new[] { (1, 1), (1, cores), (cores, 1) })
            {
                foreach (var batch in free ? Batches : [1])
                {
                    cancellation.ThrowIfCancellationRequested();
                    var (rate, cpu) = Measure(folder, entry, threads, workers, batch, duration);
                    output.WriteLine(string.Create(
                        CultureInfo.InvariantCulture, $"  {entry.Name,-14}{threads,8}{workers,8}{batch,6}{rate,11:F1}{cpu,11:F2}"));
                }
            }
            if (!free) output.WriteLine($"  {entry.Name,-14}takes one input at a time: no batches");
        }
    }

    static bool HasFreeBatch(string folder, ModelEntry entry)
    {
        using var session = Open(folder, entry, 1);
        return session.InputMetadata[entry.Input!.Name].Dimensions[0] < 1;
    }

    /// <summary>Inputs per second, and milliseconds of CPU time for each.</summary>
    static (double Rate, double CpuMilliseconds) Measure(
        string folder, ModelEntry entry, int threads, int workers, int batch, TimeSpan duration)
    {
        using var session = Open(folder, entry, threads);
        using var process = Process.GetCurrentProcess();
        Work(session, entry, batch, TimeSpan.Zero);
        process.Refresh();
        var (cpu, started, done) = (process.TotalProcessorTime, Stopwatch.StartNew(), 0);
        var own = Enumerable.Range(0, workers)
            .Select(_ => new Thread(() => Interlocked.Add(ref done, Work(session, entry, batch, duration)))).ToList();
        own.ForEach(thread => thread.Start());
        own.ForEach(thread => thread.Join());
        process.Refresh();
        return (done / started.Elapsed.TotalSeconds, (process.TotalProcessorTime - cpu).TotalMilliseconds / done);
    }

    /// <summary>Runs a model repeatedly.</summary>
    /// <returns>Number of inputs.</returns>
    static int Work(InferenceSession session, ModelEntry entry, int batch, TimeSpan duration)
    {
        var picture = entry.Input!;
        var input = new float[batch * picture.Length];
        var random = new Random(1);
        for (var i = 0; i < input.Length; i++) input[i] = random.NextSingle() - 0.5f;
        long[] shape = [batch, .. picture.Shape.Skip(1)];
        using var value = OrtValue.CreateTensorValueFromMemory(input, shape);
        using var options = new RunOptions();
        var (started, done) = (Stopwatch.StartNew(), 0);
        do
        {
            using var results = session.Run(options, [picture.Name], [value], [.. entry.Outputs.Values]);
            done += batch;
        }
        while (started.Elapsed < duration);
        return done;
    }

    static InferenceSession Open(string folder, ModelEntry entry, int threads)
    {
        using var options =
            new SessionOptions { IntraOpNumThreads = threads, InterOpNumThreads = 1, ExecutionMode = ExecutionMode.ORT_SEQUENTIAL };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        return new InferenceSession(Path.Combine(folder, entry.File), options);
    }
}
