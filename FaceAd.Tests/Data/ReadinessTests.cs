using FaceAd.Web.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace FaceAd.Tests.Data;

public sealed class ReadinessTests
{
    [Fact]
    public async Task AskAsync_AFlood_CostsOneCheckASecond()
    {
        var checks = 0;
        var goesOn = new TaskCompletionSource();
        await using var services = new ServiceCollection().AddLogging().AddHealthChecks().AddAsyncCheck("slow", async () =>
        {
            Interlocked.Increment(ref checks);
            await goesOn.Task;
            return HealthCheckResult.Unhealthy();
        }, ["ready"]).Services.BuildServiceProvider();
        var clock = new Later();
        var readiness = new Readiness(services.GetRequiredService<HealthCheckService>(), clock);
        var asked = Enumerable.Range(0, 100).Select(_ => readiness.AskAsync()).ToList();
        clock.Passed += Readiness.Good; // a check that takes long is the only one all the same
        asked.AddRange(Enumerable.Range(0, 100).Select(_ => readiness.AskAsync()));
        goesOn.SetResult();
        Assert.All(await Task.WhenAll(asked), report => Assert.Equal(HealthStatus.Unhealthy, report.Status));
        await readiness.AskAsync();
        Assert.Equal(1, checks);

        clock.Passed += Readiness.Good;
        await readiness.AskAsync();
        Assert.Equal(2, checks);
    }

    /// <summary>Its monotonic time stands still until it is set.</summary>
    private sealed class Later : TimeProvider
    {
        public TimeSpan Passed { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Passed.Ticks;
    }
}
