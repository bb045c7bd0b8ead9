using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace FaceAd.Web.Data;

/// <summary>
/// Whether this node can do its work. Anybody may ask, and finding out takes one of the screens' connections and writes files: it is done
/// once a second at most and once at a time, however many ask.
/// </summary>
sealed class Readiness(HealthCheckService checks, TimeProvider time)
{
    /// <summary>How long an answer is good.</summary>
    internal static readonly TimeSpan Good = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private Task<HealthReport>? _answer;
    private long _answeredAt;

    /// <summary>The answer that there is, or is about to be.</summary>
    public Task<HealthReport> AskAsync()
    {
        lock (_lock)
        {
            if (_answer is null || (_answer.IsCompleted && time.GetElapsedTime(Volatile.Read(ref _answeredAt)) >= Good))
                _answer = Task.Run(CheckAsync);
            return _answer;
        }
    }

    private async Task<HealthReport> CheckAsync()
    {
        try
        {
            return await checks.CheckHealthAsync(check => check.Tags.Contains("ready"));
        }
        finally
        {
            Volatile.Write(ref _answeredAt, time.GetTimestamp());
        }
    }
}
