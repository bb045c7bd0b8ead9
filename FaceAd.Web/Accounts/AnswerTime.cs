using System.Diagnostics;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Accounts;

/// <summary>Makes answers about addresses take the same time, whatever was found.</summary>
/// <param name="options">The least time.</param>
sealed class AnswerTime(IOptions<AccountOptions> options)
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
            var left = options.Value.LeastAnswer - Stopwatch.GetElapsedTime(started);
            if (left > TimeSpan.Zero) await Task.Delay(left);
        }
    }
}
