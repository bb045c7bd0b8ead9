using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Screens;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Notifications;
using FaceAd.Web.Players;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace FaceAd.Tests.Players;

/// <summary>A video that fails on a screen: whom the server tells.</summary>
public sealed class CreativesLeftOutTests(PeopleFixture app) : IClassFixture<PeopleFixture>
{
    private HeartbeatWriter Writer => app.Services.GetServices<IHostedService>().OfType<HeartbeatWriter>().Single();

    [Fact]
    public async Task Beat_VideoIsLeftOut_TheOwnerIsToldOnceAndTheScreenNamesIt()
    {
        var screen = await AddScreenAsync("Videos");
        await using var player = await ScreenConnection.OpenAsync(app, screen.Token);
        var videos = await AddVideosAsync();
        var before = await ToldAsync(screen.Id);
        Assert.Empty(before);

        await BeatAsync(player, videos[0]);
        await BeatAsync(player, videos[0]);
        var told = Assert.Single(await ToldAsync(screen.Id));
        Assert.Equal((NotificationKind.CreativeFails, "Videos", "video 0"), (told.Kind, told.Subject, told.Detail));

        await BeatAsync(player, videos[1], videos[0], videos[0], Guid.NewGuid());
        Assert.Equal(["video 0", "video 1"], (await ToldAsync(screen.Id)).Select(n => n.Detail).Order());

        await BeatAsync(player); // it has played, or its day is over
        await using var db = app.NewContext();
        Assert.Null((await db.Screens.AsNoTracking().SingleAsync(s => s.Id == screen.Id)).LeftOut);
        await BeatAsync(player, videos[0]); // a player that started again has tried it anew
        Assert.Equal(2, (await ToldAsync(screen.Id)).Count);
    }

    [Fact]
    public async Task Beat_MoreVideosThanAny_IsRefused()
    {
        var screen = await AddScreenAsync("Too many");
        await using var player = await ScreenConnection.OpenAsync(app, screen.Token);
        Guid[] videos = [.. Enumerable.Range(0, Heartbeat.MaxLeftOut + 1).Select(_ => Guid.NewGuid())];
        await Assert.ThrowsAsync<HubException>(() => BeatAsync(player, videos));
        await BeatAsync(player, videos[1..]);
    }

    private async Task<(Guid Id, string Token)> AddScreenAsync(string name)
    {
        await using var db = app.NewContext();
        var (screen, token) = await app.Services.GetRequiredService<ScreenRegistry>()
            .RegisterAsync((await db.Sites.SingleAsync()).Id, name, InferenceMode.Device);
        return (screen.Id, token);
    }

    private async Task BeatAsync(ScreenConnection player, params Guid[] leftOut)
    {
        await player.Hub.InvokeAsync<HeartbeatReply>(nameof(IScreenHub.Beat), Sample.Beat() with { LeftOut = leftOut });
        await Writer.RunCycleAsync(default);
    }

    private async Task<List<Notification>> ToldAsync(Guid screen)
    {
        await using var db = app.NewContext();
        var admin = (await db.Users.SingleAsync(u => u.Email == PeopleFixture.Admin)).Id; // the first administrator is told, too
        return await db.Set<Notification>().AsNoTracking().Where(n => n.ScreenId == screen && n.UserId == admin).ToListAsync();
    }

    private async Task<Guid[]> AddVideosAsync()
    {
        await using var db = app.NewContext();
        var videos = Enumerable.Range(0, 2).Select(i => new Creative
        {
            OrganisationId = app.First.Id,
            Name = $"video {i}",
            Sha256 = new string('a', 64),
            Bytes = 1,
            Seconds = 5,
            Width = 320,
            Height = 180,
            CreatedAt = TimeProvider.System.GetUtcNow(),
        }).ToList();
        db.AddRange(videos);
        await db.SaveChangesAsync();
        return [.. videos.Select(f => f.Id)];
    }
}
