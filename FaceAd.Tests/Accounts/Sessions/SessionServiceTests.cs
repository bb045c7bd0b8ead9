using System.Security.Claims;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Sessions;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Accounts.Sessions;

/// <summary>What two nodes know of sessions and tries, and for how long they believe it.</summary>
public sealed class SessionServiceTests(SessionServiceTests.Pair nodes) : IClassFixture<SessionServiceTests.Pair>
{
    private static readonly TimeSpan Recheck = TimeSpan.FromMinutes(1);

    // Far less than a look by time would take.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private readonly Node _one = nodes.One, _two = nodes.Two;

    /// <summary>Two nodes on one database.</summary>
    public sealed class Pair : IAsyncLifetime
    {
        public Pair()
        {
            One = new Node();
            Two = new Node(One);
        }

        internal Node One { get; }

        internal Node Two { get; }

        public async Task InitializeAsync()
        {
            await One.InitializeAsync();
            await Two.InitializeAsync();
        }

        public async Task DisposeAsync()
        {
            await Two.DisposeAsync();
            await One.DisposeAsync();
        }
    }

    /// <summary>A node that looks again after a minute, on a clock that can be moved.</summary>
    internal sealed class Node(Node? first = null) : RolesFixture
    {
        public MovedClock Clock { get; } = new();

        protected override AppFixture? Beside => first;

        protected override IReadOnlyDictionary<string, string> Settings =>
            new Dictionary<string, string>(base.Settings) { ["Accounts:Recheck"] = $"{Recheck}" };

        protected override void Replace(IServiceCollection services) => services.AddSingleton<TimeProvider>(Clock);

        protected override Task ReadyAsync() => first is null ? base.ReadyAsync() : Task.CompletedTask;
    }

    /// <summary>The system's clock, ahead by some.</summary>
    internal sealed class MovedClock : TimeProvider
    {
        private long _ahead;

        public void Move(TimeSpan by) => Interlocked.Add(ref _ahead, by.Ticks);

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Interlocked.Read(ref _ahead));

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => System.GetUtcNow().Ticks + Interlocked.Read(ref _ahead);
    }

    [Fact]
    public async Task Session_InsideTheRecheck_CostsNoQueryAndEndsOnBothNodes()
    {
        var (id, email) = await _one.AddUserAsync(_one.First, Roles.Advertiser);
        using var visitor = await _one.SignInAsync(email);
        using var there = new Visitor(_two, visitor.Session!);
        Assert.True(await there.IsKnownAsync()); // the nodes share key ring and database
        await using var db = _one.NewContext();
        async Task<DateTimeOffset> SeenAsync() => await db.Sessions.Where(s => s.UserId == id).Select(s => s.SeenAt).SingleAsync();
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
        await Wait.UntilAsync(async () => !await there.IsKnownAsync(), "the other node has heard of it", Soon);
    }

    [Theory]
    [InlineData("session")]
    [InlineData("role")]
    [InlineData("removed")]
    public async Task OpenPage_SessionEndsOnTheOtherNode_IsSignedOut(string how)
    {
        var (id, email) = await _one.AddUserAsync(_one.First, Roles.Advertiser);
        var session = await _one.Services.GetRequiredService<SessionService>().StartAsync(id, null);
        await using var page = _two.Services.CreateAsyncScope(); // as a circuit has one
        var users = page.ServiceProvider.GetRequiredService<UserManager<User>>();
        var person = await page.ServiceProvider.GetRequiredService<IUserClaimsPrincipalFactory<User>>()
            .CreateAsync((await users.FindByEmailAsync(email))!);
        person.Identities.First().AddClaim(new Claim(FaceAdClaims.Session, $"{session.Id}"));
        var signedIn = (ServerAuthenticationStateProvider)page.ServiceProvider.GetRequiredService<AuthenticationStateProvider>();
        signedIn.SetAuthenticationState(Task.FromResult(new AuthenticationState(person)));
        TaskCompletionSource left = new(TaskCreationOptions.RunContinuationsAsynchronously);
        signedIn.AuthenticationStateChanged += async state =>
        {
            if ((await state).User.Identity?.IsAuthenticated != true) left.TrySetResult();
        };
        await page.ServiceProvider.GetServices<CircuitHandler>().OfType<SignedInStillValid.Opening>().Single()
            .OnCircuitOpenedAsync(null!, default);

        await using var office = _one.Services.CreateAsyncScope();
        var members = office.ServiceProvider.GetRequiredService<Members>();
        var owner = await _one.ViewerAsync(RolesFixture.Owner);
        switch (how)
        {
            case "session": Assert.NotNull(await _one.Services.GetRequiredService<SessionService>().EndAsync(session)); break;
            case "role": Assert.Null(await members.ChangeRoleAsync(owner, id, Roles.Analyst)); break;
            default: Assert.Null(await members.RemoveAsync(owner, id)); break;
        }
        await left.Task.WaitAsync(Soon);
    }

    [Fact]
    public async Task SignIn_WrongPasswordsAtEitherNode_AreCountedTogether()
    {
        var (_, email) = await _one.AddUserAsync(_one.First, Roles.Advertiser);
        using var here = new Visitor(_one);
        using var there = new Visitor(_two);
        async Task<string> TryAsync(Visitor at, string password)
        {
            using var answer = await at.SignInAsync(email, password);
            return answer.Headers.Location!.OriginalString;
        }

        foreach (var at in new[] { here, there, here, there })
            Assert.Contains("error=wrong", await TryAsync(at, "no"), StringComparison.Ordinal);
        Assert.Contains("error=locked", await TryAsync(here, "no"), StringComparison.Ordinal);
        Assert.Contains("error=locked", await TryAsync(there, PeopleFixture.Password), StringComparison.Ordinal);
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
