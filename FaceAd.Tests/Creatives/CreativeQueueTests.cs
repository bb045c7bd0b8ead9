using System.Diagnostics;
using FaceAd.Bench.Crash;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Creatives;
using FaceAd.Web.Creatives.Transcoding;
using FaceAd.Web.Creatives.Uploads;
using FaceAd.Web.Data;
using FaceAd.Web.Notifications;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Creatives;

/// <summary>The queue of uploads: each becomes one creative, whichever worker fails.</summary>
public sealed class CreativeQueueTests(IdleQueueFixture app) : IClassFixture<IdleQueueFixture>
{
    [Fact]
    public async Task Claim_ByManyWorkersAtOnce_GivesEachUploadToOne()
    {
        var campaign = await app.AddCampaignAsync(app.First);
        var uploads = new HashSet<Guid>();
        for (var i = 0; i < 5; i++) uploads.Add((await app.QueueAsync(campaign.Id)).Id);
        var claims = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => app.Queue.ClaimAsync(default)));
        Assert.True(uploads.SetEquals(claims.Where(c => c is not null).Select(c => c!.Value.Upload.Id)));
        Assert.Equal(5, claims.Count(c => c is not null));
        await app.ClearAsync();
    }

    [Fact]
    public async Task Finish_AfterTheLeaseWasLost_OneCreativeAppears()
    {
        var campaign = await app.AddCampaignAsync(app.First);
        var upload = await app.QueueAsync(campaign.Id);
        var slow = (await app.Queue.ClaimAsync(default))!.Value;
        Assert.Null(await app.Queue.ClaimAsync(default)); // held
        await using var db = app.NewContext();
        await db.Set<CreativeUpload>().Where(u => u.Id == upload.Id)
            .ExecuteUpdateAsync(s => s.SetProperty(u => u.LeaseUntil, TimeProvider.System.GetUtcNow().AddSeconds(-1)));
        var next = (await app.Queue.ClaimAsync(default))!.Value;
        Assert.Equal((upload.Id, 2), (next.Upload.Id, next.Upload.Attempts));

        var video = new TranscodedVideo(new string('c', 64), 10, new VideoProperties { Width = 640, Height = 360, Seconds = 5 });
        var ends = await Task.WhenAll(app.Queue.FinishAsync(slow, video, default), app.Queue.FinishAsync(next, video, default));
        Assert.Equal([CreativeRefusal.Interrupted, null], ends);
        Assert.False(await app.Queue.RenewAsync(slow, 50, default));
        Assert.Equal(1, await db.Creatives.CountAsync(c => c.CampaignId == campaign.Id));
        await app.ClearAsync();
    }

    [Fact]
    public async Task Work_UploadWhoseWorkersDiedAgainAndAgain_FailsAndMayBeTriedAgain()
    {
        var campaign = await app.AddCampaignAsync(app.First);
        var upload = await app.QueueAsync(campaign.Id);
        await using var db = app.NewContext();
        await db.Set<CreativeUpload>().Where(u => u.Id == upload.Id)
            .ExecuteUpdateAsync(s => s.SetProperty(u => u.Attempts, CreativeQueue.MaxAttempts));
        await app.Worker.WorkAsync((await app.Queue.ClaimAsync(default))!.Value, default);

        var viewer = new Viewer(app.First.Id, false);
        var failed = (await app.Uploads.FindAsync(viewer, upload.Id))!;
        Assert.Equal((UploadState.Failed, CreativeRefusal.Interrupted, true), (failed.State, failed.Failure!.Value, failed.MayRetry));
        Assert.False(await app.Uploads.RetryAsync(new Viewer(app.Second.Id, false), upload.Id));
        Assert.True(await app.Uploads.RetryAsync(viewer, upload.Id));
        await app.Worker.WorkAsync((await app.Queue.ClaimAsync(default))!.Value, default);
        Assert.Equal(UploadState.Done, (await app.Uploads.FindAsync(viewer, upload.Id))!.State);
        Assert.False(await app.Uploads.RetryAsync(viewer, upload.Id));
    }

    [Fact]
    public async Task Cancel_WhileAWorkerHasIt_EndsTheWorkAndNoCreativeAppears()
    {
        var campaign = await app.AddCampaignAsync(app.First);
        var upload = await app.QueueAsync(campaign.Id, await IdleQueueFixture.LongVideo.Value);
        var claimed = (await app.Queue.ClaimAsync(default))!.Value;
        var moved = new TaskCompletionSource();
        using var news = app.Services.GetRequiredService<UploadNews>().Subscribe((_, id) =>
        {
            if (id == upload.Id) moved.TrySetResult(); // its first beat
        });
        var work = app.Worker.WorkAsync(claimed, default);
        await moved.Task.WaitAsync(TimeSpan.FromSeconds(30));
        var clock = Stopwatch.StartNew();
        Assert.True(await app.Uploads.CancelAsync(new Viewer(app.First.Id, false), upload.Id));
        await work.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), "The re-encode went on.");
        await using var db = app.NewContext();
        Assert.False(await db.Creatives.AnyAsync(c => c.CampaignId == campaign.Id));
        Assert.Empty(Directory.GetFiles(Path.Combine(app.Folder, "media", "incoming")));
    }

    [Fact]
    public async Task Work_CampaignHandedInMeanwhile_IsNotChangedUnderTheReviewerAndTheSenderIsTold()
    {
        var campaign = await app.AddCampaignAsync(app.First);
        await using var db = app.NewContext();
        var sender = await db.Users.SingleAsync(u => u.Email == PeopleFixture.One);
        var upload = await app.QueueAsync(
            campaign.Id, viewer: new Viewer(app.First.Id, false) { UserId = sender.Id, Name = sender.UserName });
        await db.Campaigns.Where(c => c.Id == campaign.Id).ExecuteUpdateAsync(s => s.SetProperty(c => c.State, CampaignState.Submitted));
        await app.Worker.WorkAsync((await app.Queue.ClaimAsync(default))!.Value, default);
        var end = await db.Set<CreativeUpload>().AsNoTracking().SingleAsync(u => u.Id == upload.Id);
        Assert.Equal((UploadState.Failed, CreativeRefusal.CampaignClosed), (end.State, end.Failure!.Value));
        Assert.False(await db.Creatives.AnyAsync(c => c.CampaignId == campaign.Id));
        var told = await db.Set<Notification>().SingleAsync(n => n.CampaignId == campaign.Id);
        Assert.Equal((sender.Id, NotificationKind.CreativeFailed, "CampaignClosed"), (told.UserId, told.Kind, told.Detail));
    }

    [Fact]
    public async Task Kill_ServerInTheMiddleOfAVideo_TheNextOneFinishesItOnce()
    {
        await using var database = await TestDatabase.CreateAsync();
        var folder = TestFolders.New("killed");
        await using var web = new WebProcess(typeof(DataFolder).Assembly.Location, new Dictionary<string, string>
        {
            ["ConnectionStrings:FaceAd"] = database.ConnectionString,
            ["Data:Folder"] = folder,
            ["Models:Folder"] = Support.Models.Folder,
            ["Media:Lease"] = "00:00:01",
            ["Logging:LogLevel:Default"] = "Warning",
        });
        var campaign = await IdleQueueFixture.AddToAsync(database.Contexts);
        // The upload is whole when the server comes up, as after a kill at its last byte.
        var upload = new CreativeUpload
        {
            OrganisationId = campaign.OrganisationId,
            CampaignId = campaign.Id,
            Name = "Creative",
            Bytes = new FileInfo(await IdleQueueFixture.LongVideo.Value).Length,
            StillSeconds = 5,
            CreatedAt = TimeProvider.System.GetUtcNow(),
            TouchedAt = TimeProvider.System.GetUtcNow(),
        };
        Directory.CreateDirectory(Path.Combine(folder, "media", "incoming"));
        File.Copy(await IdleQueueFixture.LongVideo.Value, Path.Combine(folder, "media", "incoming", upload.Id.ToString("N") + ".part"));
        await using var db = database.Contexts.CreateDbContext();
        db.Add(upload);
        await db.SaveChangesAsync();

        await web.ReadyAsync(default);
        await UntilAsync(db, upload.Id, u => u is { State: UploadState.Working, Percent: > 3 });
        await web.KillAsync();
        await web.ReadyAsync(default);
        var end = await UntilAsync(db, upload.Id, u => !u.IsOpen);
        Assert.Equal((UploadState.Done, 2), (end.State, end.Attempts));
        Assert.Equal(1, await db.Creatives.CountAsync(c => c.CampaignId == campaign.Id));
    }

    private static async Task<CreativeUpload> UntilAsync(FaceAdDbContext db, Guid id, Func<CreativeUpload, bool> enough)
    {
        // Another process: there is no signal to wait for.
        CreativeUpload upload = null!;
        await Wait.UntilAsync(
            async () =>
                enough(upload = await db.Set<CreativeUpload>().AsNoTracking().SingleAsync(u => u.Id == id)),
                "the upload is as far as it should be",
            state: () => Task.FromResult($"It is {upload.State} at {upload.Percent} %, {upload.Failure}."));
        return upload;
    }
}
