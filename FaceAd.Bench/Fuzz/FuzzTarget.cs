namespace FaceAd.Bench.Fuzz;

/// <summary>Something that takes inputs from outside.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Share">Its share of all inputs, in thousandths.</param>
/// <param name="Make">Makes an input.</param>
/// <param name="TakeAsync">
/// Gives it the input; returns in a word how it was answered. It throws <see cref="FuzzException"/> for an answer that nothing may have,
/// and anything else is a fault, too.
/// </param>
sealed record FuzzTarget(
    string Name, int Share, Func<Mutator, byte[]> Make, Func<byte[], CancellationToken, Task<string>> TakeAsync);

/// <summary>An answer that no input may have.</summary>
sealed class FuzzException(string message) : Exception(message);

/// <summary>How a target did.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Inputs">How many inputs it got.</param>
/// <param name="Answers">How it answered them, and how often.</param>
/// <param name="Slowest">The longest that one took.</param>
/// <param name="MostBytes">The most bytes that the process allocated during one.</param>
/// <param name="Faults">Its faults, each with the number of the input.</param>
sealed record FuzzResult(
    string Name, int Inputs, IReadOnlyDictionary<string, int> Answers, TimeSpan Slowest, long MostBytes, IReadOnlyList<string> Faults);

/// <summary>Gives many spoilt inputs to targets, one after the other.</summary>
static class FuzzRun
{
    /// <summary>An input that takes longer hangs.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    const int MostFaults = 20;

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
        List<FuzzResult> results = [];
        foreach (var target in targets)
        {
            results.Add(await RunAsync(target, Math.Max(1, (int)(inputs * (long)target.Share / 1000)), seed, keep, cancellation));
            done(results[^1]);
        }
        return results;
    }

    static async Task<FuzzResult> RunAsync(FuzzTarget target, int inputs, int seed, string keep, CancellationToken cancellation)
    {
        var (answers, faults) = (new SortedDictionary<string, int>(StringComparer.Ordinal), new List<string>());
        var (slowest, most) = (TimeSpan.Zero, 0L);
        for (var number = 0; number < inputs && faults.Count < MostFaults; number++)
        {
            var input = target.Make(new Mutator(seed, number));
            var (began, allocated) = (TimeProvider.System.GetTimestamp(), GC.GetTotalAllocatedBytes());
            try
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                limit.CancelAfter(Limit);
                var answer = await target.TakeAsync(input, limit.Token).WaitAsync(Limit, cancellation);
                answers[answer] = answers.GetValueOrDefault(answer) + 1;
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested)
            {
                faults.Add($"{target.Name} {number}: {e.GetType().Name}: {e.Message}");
                Directory.CreateDirectory(keep);
                await File.WriteAllBytesAsync(Path.Combine(keep, $"{target.Name.Replace(' ', '-')}-{seed}-{number}"), input, cancellation);
            }
            var took = TimeProvider.System.GetElapsedTime(began);
            if (took > slowest) slowest = took;
            most = Math.Max(most, GC.GetTotalAllocatedBytes() - allocated);
        }
        return new FuzzResult(target.Name, inputs, answers, slowest, most, faults);
    }
}
