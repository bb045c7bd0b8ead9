using FaceAd.Tests.Support;
using FaceAd.Web.Accounts.Limits;
using FaceAd.Web.Data;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAd.Tests.Accounts;

/// <summary>Limits of two nodes, which have nothing in common but the database.</summary>
public sealed class SharedLimitsTests : IAsyncLifetime
{
    private static readonly Rate Hourly = new(6, TimeSpan.FromHours(1));
    private TestDatabase _database = null!;
    private SharedLimits[] _nodes = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _nodes = [NewNode(), NewNode()];

        SharedLimits NewNode() => new(_database.Source, TimeProvider.System, NullLogger<SharedLimits>.Instance);
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Take_ManyAtOnceAtBothNodes_AsManyAsTheLimitThenOneAfterTheOther()
    {
        Assert.Equal(6, await TakenAsync(40));
        Assert.True(await _nodes[0].TakeAsync("mails", "b", Hourly)); // another's
        Assert.True(await _nodes[0].TakeAsync("tries", "a", Hourly)); // another limit
        await PassAsync(TimeSpan.FromMinutes(21));
        Assert.Equal(2, await TakenAsync(10));
        await PassAsync(TimeSpan.FromHours(2));
        await _nodes[0].SweepAsync(default);
        Assert.Equal(6, await TakenAsync(10));
        await PassAsync(TimeSpan.FromHours(-9)); // the clock was set back: nobody is refused for longer
        Assert.Equal(6, await TakenAsync(10));
    }

    [Fact]
    public void Step_AnyRate_AsManyAsTheLimitFitIntoItsTime() => Prop.ForAll(
        Gen.Choose(1, 100_000).Zip(Gen.Choose(1, 86_400)).ToArbitrary(), asked =>
        {
            var rate = new Rate(asked.Item1, TimeSpan.FromSeconds(asked.Item2));
            return rate.Step > TimeSpan.Zero && rate.Step * rate.Most <= rate.Over
                && rate.Step.Ticks % TimeSpan.TicksPerMicrosecond == 0;
        }).QuickCheckThrowOnFailure();

    private async Task<int> TakenAsync(int tries) =>
        (await Task.WhenAll(Enumerable.Range(0, tries).Select(i => _nodes[i % 2].TakeAsync("mails", "a", Hourly)))).Count(taken => taken);

    private async Task PassAsync(TimeSpan time)
    {
        await using var connection = await _database.Source.OpenConnectionAsync();
        await connection.ExecuteAsync("UPDATE limits SET unused_at = unused_at - $1", [time], default);
    }
}
