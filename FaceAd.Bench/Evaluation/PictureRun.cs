using System.Diagnostics;
using System.Globalization;

namespace FaceAd.Bench.Evaluation;

/// <summary>Goes over many pictures, several at a time, and tells how far it is.</summary>
static class PictureRun
{
    static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(2);

    /// <summary>Does something with every item; results are in the order of the items, whatever order they were done in.</summary>
    /// <param name="items">What to go over.</param>
    /// <param name="workers">How many at a time, 1 and more.</param>
    /// <param name="work">What to do.</param>
    /// <param name="progress">Gets a line every two seconds and one at the end.</param>
    /// <param name="cancellation">Stops the run.</param>
    public static async Task<TResult[]> OverAsync<TItem, TResult>(
        IReadOnlyList<TItem> items, int workers, Func<TItem, CancellationToken, Task<TResult>> work, TextWriter progress, CancellationToken cancellation)
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
