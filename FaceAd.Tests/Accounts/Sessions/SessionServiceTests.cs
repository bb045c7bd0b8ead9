using FaceAd.Tests.Support;
using FaceAd.Web.Accounts.Sessions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Accounts.Sessions;

/// <summary>What a node knows of sessions, and for how long it believes it.</summary>
public sealed class SessionServiceTests : IAsyncLifetime
{
    private static readonly TimeSpan Recheck = TimeSpan.FromMinutes(1);
    private readonly Node _one, _two;

    public SessionServiceTests()
    {
        _one = new Node();
        _two = new Node(_one);
    }

    /// <summary>A node that looks again after a minute, on a clock that can be moved.</summary>
    private sealed class Node(Node? first = null) : RolesFixture
    {
        public MovedClock Clock { get; } = new();

        protected override AppFixture? Beside => first;

        protected override IReadOnlyDictionary<string, string> Settings =>
            new Dictionary<string, string>(base.Settings) { ["Accounts:Recheck"] = $"{Recheck}" };

        protected override void Replace(IServiceCollection services) => services.AddSingleton<TimeProvider>(Clock);

        protected override Task ReadyAsync() => first is null ? base.ReadyAsync() : Task.CompletedTask;
    }

    /// <summary>The system's clock, ahead by some.</summary>
    private sealed class MovedClock : TimeProvider
    {
        private long _ahead;

        public void Move(TimeSpan by) => Interlocked.Add(ref _ahead, by.Ticks);

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Interlocked.Read(ref _ahead));

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => System.GetUtcNow().Ticks + Interlocked.Read(ref _ahead);
    }

    public async Task InitializeAsync()
    {
        await _one.InitializeAsync();
        await _two.InitializeAsync();
    }

    public async Task DisposeAsync()
    {
        await _two.DisposeAsync();
        await _one.DisposeAsync();
    }

    [Fact]
    public async Task Session_InsideTheRecheck_CostsNoQueryAndEndsHereAtOnceThereAtTheRecheck()
    {
        using var visitor = await _one.SignInAsync(PeopleFixture.One);
        using var there = new Visitor(_two, visitor.Session!);
        Assert.True(await there.IsKnownAsync()); // the nodes share key ring and database
        await using var db = _one.NewContext();
        async Task<DateTimeOffset> SeenAsync() => await db.Sessions.Select(s => s.SeenAt).SingleAsync();
        var seen = await SeenAsync();
        Assert.True(await visitor.IsKnownAsync());
        Assert.Equal(seen, await SeenAsync()); // nothing was written
        _one.Clock.Move(Recheck);
        Assert.True(await visitor.IsKnownAsync());
        Assert.True(await SeenAsync() >= seen + Recheck);

        var late = visitor.Session!;
        await visitor.SignOutAsync();
        using var again = new Visitor(_one, late);
        Assert.False(await again.IsKnownAsync());
        Assert.True(await there.IsKnownAsync()); // believes what it saw: it did not ask
        _two.Clock.Move(Recheck);
        Assert.False(await there.IsKnownAsync());
    }

    [Fact]
    public async Task Session_EndedWhileItIsLookedAt_IsNotTakenForOpenAfterwards()
    {
        var service = _one.Services.GetRequiredService<SessionService>();
        var user = (await _one.ViewerAsync(RolesFixture.Owner)).UserId!.Value;
        for (var round = 0; round < 50; round++)
        {
            var key = await service.StartAsync(user, null);
            _one.Clock.Move(Recheck);
            var looks = Enumerable.Range(0, 4).Select(_ => Task.Run(async () => await service.IsOpenAsync(key))).ToList();
            Assert.NotNull(await Task.Run(() => service.EndAsync(key)));
            await Task.WhenAll(looks);
            Assert.False(await service.IsOpenAsync(key));
            _one.Clock.Move(Recheck + TimeSpan.FromMinutes(2)); // long after it is swept from memory, too
            Assert.False(await service.IsOpenAsync(key));
        }
    }
}
