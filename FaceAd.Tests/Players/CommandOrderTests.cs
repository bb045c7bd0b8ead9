using FaceAd.Core;
using FaceAd.Player.Playback;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Screens;
using FaceAd.Web.Audiences;
using FaceAd.Web.Cluster;
using FaceAd.Web.Decisions;
using FaceAd.Web.Screens;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Players;

/// <summary>Commands of a server whose clock was ten minutes ahead and is put right, as a player that stayed takes them.</summary>
public sealed class CommandOrderTests(CommandOrderTests.Fixture app) : IClassFixture<CommandOrderTests.Fixture>, IDisposable
{
    private static readonly TimeSpan Patience = Wait.Limit;
    private readonly CommandOrder _player = new();

    /// <summary>A site whose server's clock is set by hand.</summary>
    public sealed class Fixture : SiteFixture
    {
        public SetClock Clock { get; } = new(TimeProvider.System.GetUtcNow());

        protected override void Replace(IServiceCollection services) => services.AddSingleton<TimeProvider>(Clock);
    }

    public void Dispose() => app.Clock.Now = TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task Commands_ServersClockIsPutRight_AllCount()
    {
        app.Clock.Now = TimeProvider.System.GetUtcNow().AddMinutes(10);
        var (entry, token) = await RegisterAsync();
        await using var screen = await ScreenConnection.OpenAsync(app, token);
        _player.Connecting();
        var audience = Guid.NewGuid();
        See(entry, audience, 1, Segment.Men2030);
        Assert.True(_player.Take(await Wait.NextAsync(screen.Commands.Reader)));
        for (var i = 0; i < 3; i++) Assert.True(_player.Take(await EndPlayAsync(entry, screen)));

        app.Clock.Now = TimeProvider.System.GetUtcNow();
        for (var i = 0; i < 9; i++) Assert.True(_player.Take(await EndPlayAsync(entry, screen)));

        // Nor does a change of audience wait until the clock is where it was.
        See(entry, audience, 2, Segment.Silver);
        var house = await Wait.NextAsync(screen.Commands.Reader);
        Assert.True(_player.Take(house));
        Assert.Null(house.CreativeId);
    }

    [Fact]
    public async Task Commands_OfAnEarlierOwner_DoNotCountWhateverItsClock()
    {
        app.Clock.Now = TimeProvider.System.GetUtcNow().AddMinutes(10);
        var (entry, token) = await RegisterAsync();
        var ownership = app.Services.GetRequiredService<SiteOwnership>();
        PlayCommand late;
        await using (var first = await ScreenConnection.OpenAsync(app, token))
        {
            _player.Connecting();
            See(entry, Guid.NewGuid(), 1, Segment.Men2030);
            Assert.True(_player.Take(await Wait.NextAsync(first.Commands.Reader)));
            late = await EndPlayAsync(entry, first);
            await ownership.ReleaseAsync(ownership.Find(entry.SiteId)!.Value);
            await first.Closed.Task.WaitAsync(Patience);
        }

        app.Clock.Now = TimeProvider.System.GetUtcNow();
        await using var second = await ScreenConnection.OpenAsync(app, token);
        _player.Connecting();
        See(entry, Guid.NewGuid(), 1, Segment.Men2030);
        var newer = await Wait.NextAsync(second.Commands.Reader);
        Assert.NotEqual(late.DecisionId, newer.DecisionId); // what the earlier owner sent is not sent again
        Assert.True(_player.Take(newer));
        Assert.False(_player.Take(late));
        Assert.True(_player.Take(await EndPlayAsync(entry, second)));
    }

    /// <summary>The play on the screen is about to end; somebody is in view, so a command says what comes next.</summary>
    private async Task<PlayCommand> EndPlayAsync(ScreenEntry entry, ScreenConnection screen)
    {
        app.Services.GetRequiredService<DecisionEngine>()
            .PlayEnding(entry.Id, new PlayEnding(app.Creative.Id, TimeSpan.FromSeconds(1)));
        return await Wait.NextAsync(screen.Commands.Reader);
    }

    private async Task<(ScreenEntry Entry, string Token)> RegisterAsync()
    {
        var (screen, token) = await app.Registry.RegisterAsync(
            app.Server.Screen.SiteId, Guid.NewGuid().ToString("N"), InferenceMode.Server);
        return (app.Services.GetRequiredService<ScreenDirectory>().Find(screen.Id)!, token);
    }

    private void See(ScreenEntry screen, Guid audience, int sequence, Segment segment)
    {
        var now = TimeProvider.System.GetUtcNow();
        app.Services.GetRequiredService<LiveAudiences>().Update(
            screen, Sample.Report(audience, sequence, now, now, AudienceState.Open, Sample.Viewer(segment, now, now)));
    }
}
