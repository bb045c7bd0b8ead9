using System.Net;
using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Screens;
using FaceAd.Web.Frames;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Audiences;

public sealed class AudiencesBackPressureTests(SiteFixture app) : IClassFixture<SiteFixture>
{
    [Fact]
    public async Task Audiences_QueueIsFull_DevicesGet503WithRetryAfterAndFramesWait()
    {
        var now = TimeProvider.System.GetUtcNow();
        var queue = app.Services.GetRequiredService<ReportQueue>();
        var screens = app.Services.GetRequiredService<ScreenDirectory>();
        using var client = new DeviceClient(app, app.Device.Token);
        List<AudienceReport> reports = [.. Enumerable.Range(0, ReportQueue.Capacity + 300)
            .Select(_ => Sample.Report(Guid.NewGuid(), 1, now, now, AudienceState.Closed))];
        var turnedAway = Sample.Report(Guid.NewGuid(), 1, now, now, AudienceState.Closed);
        List<Task> waiting;
        await using (var db = app.NewContext())
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            await db.Database.ExecuteSqlRawAsync("LOCK TABLE audiences IN ACCESS EXCLUSIVE MODE");
            waiting = [.. reports.Select(r => queue.AddAsync(screens.Find(app.Server.Screen.Id)!, r).AsTask())];
            await Wait.UntilAsync(() => waiting.Count(t => t.IsCompleted) >= ReportQueue.Capacity, "the queue is full");
            Assert.Contains(waiting, t => !t.IsCompleted);

            var answer = await client.SendAsync(Routes.Audiences, turnedAway);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.Equal(BackPressure.RetryAfter, answer.Headers.RetryAfter?.Delta);
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        }
        await Task.WhenAll(waiting);
        await Wait.UntilAsync(async () =>
            (await client.SendAsync(Routes.Audiences, turnedAway)).StatusCode == HttpStatusCode.OK, "the report is taken");
        await using (var db = app.NewContext())
        {
            Assert.Equal(reports.Count, await db.Audiences.CountAsync(a => a.ScreenId == app.Server.Screen.Id));
            Assert.Equal(1, await db.Audiences.CountAsync(a => a.Id == turnedAway.AudienceId));
        }
    }

    [Fact]
    public async Task Audiences_TimesWithAnotherOffset_AreTakenAndTheOnesAfterThemToo()
    {
        var now = TimeProvider.System.GetUtcNow().ToOffset(TimeSpan.FromHours(9));
        using var client = new DeviceClient(app, app.Device.Token);
        foreach (var time in new[] { now, now.ToUniversalTime() })
        {
            var ride = Sample.Ride(time.AddSeconds(-12), Sample.Face(time.Offset.Hours + 1));
            await client.UntilCommittedAsync(ride);
        }
        await using var db = app.NewContext();
        Assert.Equal(2, await db.Persons.CountAsync(p => p.SiteId == app.Device.Screen.SiteId));
    }
}
