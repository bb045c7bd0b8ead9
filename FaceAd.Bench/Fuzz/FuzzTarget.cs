using System.Diagnostics;

namespace FaceAd.Bench.Fuzz;

/// <summary>Something that takes inputs from outside.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Share">Its share of all inputs, in thousandths.</param>
/// <param name="Largest">The largest input that is right: none may take more than twice its memory.</param>
/// <param name="Make">Makes an input.</param>
/// <param name="TakeAsync">
/// Gives it the input; returns in a word how it was answered. It throws <see cref="FuzzException"/> for an answer that nothing may have,
/// and anything else is a fault, too.
/// </param>
sealed record FuzzTarget(
    string Name, int Share, byte[] Largest, Func<Mutator, byte[]> Make, Func<byte[], CancellationToken, Task<string>> TakeAsync);

/// <summary>An answer that no input may have.</summary>
sealed class FuzzException(string message) : Exception(message);

/// <summary>How a target did.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Inputs">How many inputs it got.</param>
/// <param name="Answers">How it answered them, and how often.</param>
/// <param name="Slowest">The longest that one took.</param>
/// <param name="MostBytes">The most bytes that the process allocated during one.</param>
/// <param name="LegalBytes">The same of the largest input that is right.</param>
/// <param name="Faults">Its faults, each with the number of the input.</param>
sealed record FuzzResult(
    string Name, int Inputs, IReadOnlyDictionary<string, int> Answers, TimeSpan Slowest, long MostBytes, long LegalBytes,
    IReadOnlyList<string> Faults);

/// <summary>
/// Gives many spoilt inputs to targets, one after the other. None may take more than twice the memory of the largest input that is right,
/// and the process never more than twice of what it took with all of those. The programs that decode videos are not counted: each has a
/// limit of its own, <see cref="FaceAd.Web.Hosting.ChildProcess.UsualMemory"/>, and reaching it is an answer.
/// </summary>
static class FuzzRun
{
    /// <summary>An input that takes longer hangs.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    const int MostFaults = 20;

    /// <summary>Below this, what the app does of itself in the meantime shows.</summary>
    const long LeastBytes = 16 * 1024 * 1024;

    /// <summary>Runs.</summary>
    /// <param name="targets">The targets.</param>
    /// <param name="inputs">How many inputs, over all targets.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="keep">Folder for inputs that found a fault.</param>
    /// <param name="done">Receives each result.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async Task<List<FuzzResult>> RunAsync(
        IReadOnlyList<FuzzTarget> targets, int inputs, int seed, string keep, Action<FuzzResult> done, CancellationToken cancellation)
    {
        List<long> legal = [];
        foreach (var target in targets) legal.Add(await MeasureAsync(target, cancellation));
        var peak = Peak();
        List<FuzzResult> results = [];
        foreach (var (target, bytes) in targets.Zip(legal))
        {
            var result = await RunAsync(
                target, Math.Max(1, (int)(inputs * (long)target.Share / 1000)), seed, bytes, keep, cancellation);
            if (Peak() is var now && now > 2 * peak)
            {
                var fault = $"{target.Name}: the process took {now >> 20} MB, with the largest right inputs {peak >> 20} MB";
                result = result with { Faults = [.. result.Faults, fault] };
                peak = now;
            }
            results.Add(result);
            done(result);
        }
        return results;
    }

    // The first time also loads code.
    static async Task<long> MeasureAsync(FuzzTarget target, CancellationToken cancellation)
    {
        var most = 0L;
        for (var i = 0; i < 2; i++)
        {
            var allocated = GC.GetTotalAllocatedBytes();
            await target.TakeAsync(target.Largest, cancellation).WaitAsync(Limit, cancellation);
            most = GC.GetTotalAllocatedBytes() - allocated;
        }
        return most;
    }

    static long Peak()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }

    static async Task<FuzzResult> RunAsync(
        FuzzTarget target, int inputs, int seed, long legal, string keep, CancellationToken cancellation)
    {
        var limit = Math.Max(2 * legal, LeastBytes);
        var (answers, faults) = (new SortedDictionary<string, int>(StringComparer.Ordinal), new List<string>());
        var (slowest, most) = (TimeSpan.Zero, 0L);
        for (var number = 0; number < inputs && faults.Count < MostFaults; number++)
        {
            var input = target.Make(new Mutator(seed, number));
            var (began, allocated) = (TimeProvider.System.GetTimestamp(), GC.GetTotalAllocatedBytes());
            try
            {
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                patience.CancelAfter(Limit);
                var answer = await target.TakeAsync(input, patience.Token).WaitAsync(Limit, cancellation);
                answers[answer] = answers.GetValueOrDefault(answer) + 1;
                var bytes = GC.GetTotalAllocatedBytes() - allocated;
                most = Math.Max(most, bytes);
                if (bytes > limit)
                    throw new FuzzException($"{bytes / 1024} KB of memory; the largest right input takes {legal / 1024} KB");
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested)
            {
                faults.Add($"{target.Name} {number}: {e.GetType().Name}: {e.Message}");
                Directory.CreateDirectory(keep);
                await File.WriteAllBytesAsync(Path.Combine(keep, $"{target.Name.Replace(' ', '-')}-{seed}-{number}"), input, cancellation);
            }
            var took = TimeProvider.System.GetElapsedTime(began);
            if (took > slowest) slowest = took;
        }
        return new FuzzResult(target.Name, inputs, answers, slowest, most, legal, faults);
    }
}
