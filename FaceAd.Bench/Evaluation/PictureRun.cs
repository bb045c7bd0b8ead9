using System.Diagnostics;
using System.Globalization;

namespace FaceAd.Bench.Evaluation;

/// <summary>Processes many pictures in parallel and reports progress.</summary>
static class PictureRun
{
    static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(2);

    /// <summary>Processes every item; results are in the order of the items.</summary>
    /// <param name="items">The items.</param>
    /// <param name="workers">Number of items at a time, at least 1.</param>
    /// <param name="work">Processes one item.</param>
    /// <param name="progress">Receives a line every two seconds and one at the end.</param>
    /// <param name="cancellation">Cancels the run.</param>
    public static async Task<TResult[]> OverAsync<TItem, TResult>(
        IReadOnlyList<TItem> items, int workers, Func<TItem, CancellationToken, Task<TResult>> work, TextWriter progress,
        CancellationToken cancellation)
    {
        var results = new TResult[items.Count];
        var (started, done, told) = (Stopwatch.StartNew(), 0, TimeSpan.Zero);
        var options = new ParallelOptions { MaxDegreeOfParallelism = workers, CancellationToken = cancellation };
        await Parallel.ForAsync(0, items.Count, options, async (i, stop) =>
        {
            results[i] = await work(items[i], stop);
            lock (results)
            {
                done++;
                if (done < items.Count && started.Elapsed - told < TellEvery) return;
                told = started.Elapsed;
                progress.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{done}/{items.Count} pictures, {done / started.Elapsed.TotalSeconds:F0} a second"));
            }
        });
        return results;
    }
}
