using System.Diagnostics;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Accounts;

/// <summary>Pads responses about addresses to a minimum time, so that timing does not reveal what was found.</summary>
sealed class MinimumResponseTime(IOptions<AccountOptions> options)
{
    public async Task EvenAsync(Func<Task> work)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            await work();
        }
        finally
        {
            await PadAsync(started);
        }
    }

    /// <summary>Waits until the minimum time has passed.</summary>
    /// <param name="started">When the work began, a timestamp of <see cref="Stopwatch"/>.</param>
    public async Task PadAsync(long started)
    {
        var left = options.Value.MinimumResponseTime - Stopwatch.GetElapsedTime(started);
        if (left > TimeSpan.Zero) await Task.Delay(left);
    }
}
