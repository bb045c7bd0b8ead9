using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Limits;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Data;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace FaceAd.Tests.Accounts.Sessions;

/// <summary>Tries at two nodes, which have nothing in common but the database.</summary>
public sealed class SignInGuardTests(SignInGuardTests.Rows rows) : IClassFixture<SignInGuardTests.Rows>
{
    private static int _count;
    private readonly string _account = $"account {Interlocked.Increment(ref _count)}";
    private readonly SignInGuard[] _nodes = [rows.NewGuard(), rows.NewGuard()];
    private int _tries;

    /// <summary>A database, in which time passes when a test says so.</summary>
    public sealed class Rows : IAsyncLifetime
    {
        internal TestDatabase Database { get; private set; } = null!;

        public async Task InitializeAsync() => Database = await TestDatabase.CreateAsync();

        public async Task DisposeAsync() => await Database.DisposeAsync();

        internal SignInGuard NewGuard() => new(Database.Source, Options.Create(new AccountOptions { TriesPerMinute = 20 }));
    }

    [Fact]
    public async Task Begin_FiveTries_AreHeldUpForFiveMinutes()
    {
        for (var i = 0; i < 5; i++) Assert.Null(await BeginAsync("1"));
        AssertMinutes(5, await BeginAsync("1"));
        await PassAsync(4);
        AssertMinutes(1, await BeginAsync("1")); // trying on does not make it longer
        Assert.Null(await BeginAsync("2"));
        Assert.Null(await _nodes[0].BeginAsync(Try("1") with { Account = _account + " of another" }));
        Assert.Null(await _nodes[0].BeginAsync(Try("1") with { IsCode = true }));
        await PassAsync(1);
        Assert.Null(await BeginAsync("1"));
    }

    [Fact]
    public async Task Succeeded_EachTime_IsNeverHeldUp()
    {
        for (var i = 0; i < 25; i++)
        {
            Assert.Null(await BeginAsync("1"));
            await _nodes[0].SucceededAsync(Try("1"));
        }
    }

    [Fact]
    public async Task Begin_FourTriesAndQuiet_StartAnew()
    {
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 4; i++) Assert.Null(await BeginAsync("1"));
            await PassAsync(16);
        }
    }

    [Fact]
    public async Task Begin_ManyNetworksOnAndOn_AreHeldUpForLongerUpToALimit()
    {
        var network = 0;
        foreach (var minutes in new[] { 1, 2, 4, 8, 16, 16 })
        {
            for (var i = 0; i < 20; i++) Assert.Null(await BeginAsync($"{++network}"));
            AssertMinutes(minutes, await BeginAsync("new"));
            Assert.Null(await BeginAsync("new", Guid.NewGuid())); // a browser that is known counts alone
            await PassAsync(minutes);
        }
        await PassAsync(40); // they have given up
        for (var i = 0; i < 20; i++) Assert.Null(await BeginAsync($"{++network}"));
        AssertMinutes(1, await BeginAsync("new"));
    }

    [Fact]
    public async Task Begin_KnownBrowser_IsHeldUpByItsOwnTries()
    {
        var browser = Guid.NewGuid();
        for (var i = 0; i < 5; i++) Assert.Null(await BeginAsync($"{i}", browser));
        AssertMinutes(5, await BeginAsync("9", browser));
        Assert.Null(await BeginAsync("9"));
    }

    [Fact]
    public async Task Begin_ManyAtOnceAtBothNodes_AreCountedOneByOne()
    {
        var held = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => _nodes[i % 2].BeginAsync(Try("1"))));
        Assert.Equal(5, held.Count(h => h is null));
    }

    [Fact]
    public async Task Begin_ClockOfTheDatabaseIsSetBack_HoldsNobodyForLonger()
    {
        for (var i = 0; i < 5; i++) await BeginAsync("1");
        await PassAsync(-120);
        Assert.Null(await BeginAsync("1"));
    }

    [Fact]
    public async Task Sweep_CountsThatSayNothingAnyMore_AreGone()
    {
        for (var i = 0; i < 5; i++) await BeginAsync("1");
        var limits = new SharedLimits(rows.Database.Source, TimeProvider.System, NullLogger<SharedLimits>.Instance);
        await limits.SweepAsync(default);
        AssertMinutes(5, await _nodes[0].HeldAsync(Try("1")));
        await PassAsync(21);
        await limits.SweepAsync(default);
        await using var connection = await rows.Database.Source.OpenConnectionAsync();
        Assert.Empty(await connection.QueryAsync(
            "SELECT 1 FROM sign_in_tries WHERE key = $1", [SharedLimits.KeyOf(Try("1").OwnCount)], _ => true, default));
    }

    private SignInTry Try(string network, Guid? browser = null) => new(_account, network, browser);

    // At one node and the other in turn.
    private Task<TimeSpan?> BeginAsync(string network, Guid? browser = null) => _nodes[_tries++ % 2].BeginAsync(Try(network, browser));

    private static void AssertMinutes(int minutes, TimeSpan? held) =>
        Assert.InRange(held ?? TimeSpan.Zero, TimeSpan.FromMinutes(minutes - 0.5), TimeSpan.FromMinutes(minutes));

    // Of this test's counts alone: others run beside it.
    private async Task PassAsync(int minutes)
    {
        Guid[] keys =
        [
            .. Enumerable.Range(0, 300).Select(n => $"{n}").Append("new").Select(n => SharedLimits.KeyOf(Try(n).OwnCount)),
            SharedLimits.KeyOf(Try("1").SharedCount!),
        ];
        await using var connection = await rows.Database.Source.OpenConnectionAsync();
        await connection.ExecuteAsync(
            "UPDATE sign_in_tries SET at = at - $1, held_until = held_until - $1 WHERE key = ANY ($2)",
            [TimeSpan.FromMinutes(minutes), keys], default);
    }
}
