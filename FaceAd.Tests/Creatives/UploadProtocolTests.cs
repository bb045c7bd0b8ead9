using System.Globalization;
using System.Net;
using System.Text.Json;
using FaceAd.Tests.Support;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Creatives.Uploads;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Creatives;

/// <summary>The upload protocol over real HTTP: what a sender may rely on, and what it may not do.</summary>
public sealed class UploadProtocolTests(UploadFixture app) : IClassFixture<UploadFixture>
{
    [Fact]
    public async Task Upload_CutTwiceAndContinued_BecomesACreative()
    {
        var video = await File.ReadAllBytesAsync(
            await TestTranscoder.FileAsync("video.mp4", "-f", "lavfi", "-i", "testsrc2=s=640x360:r=30:d=3", "-c:v", "libx264", "-preset",
                "ultrafast", "-pix_fmt", "yuv420p"));
        var campaign = await app.AddCampaignAsync(app.First);
        using var sender = await Sender.SignInAsync(app, PeopleFixture.One);
        var upload = await sender.BeginAsync(campaign.Id, video.Length, "../a/Spring video.mp4");

        // Announces everything, sends a third, and is gone; then again.
        await sender.CutAsync(upload, 0, video.AsMemory(0, video.Length / 3), video.Length);
        var stands = await sender.StandsAsync(upload, atLeast: 1);
        await sender.CutAsync(upload, stands, video.AsMemory((int)stands, video.Length / 3), video.Length - stands);
        stands = await sender.StandsAsync(upload, atLeast: stands + 1);
        using (var rest = await sender.AppendAsync(upload, stands, video[(int)stands..]))
            Assert.Equal(HttpStatusCode.NoContent, rest.StatusCode);

        var end = await app.EndOfAsync(upload);
        Assert.Equal((UploadState.Done, 100), (end.State, end.Percent));
        await using var db = app.NewContext();
        var creative = await db.Creatives.SingleAsync(c => c.CampaignId == campaign.Id);
        Assert.Equal((end.CreativeId, "Spring video", 640), (creative.Id, creative.Name, creative.Width));
        Assert.Empty(Directory.GetFiles(Path.Combine(app.Folder, "media", "incoming")));
    }

    [Fact]
    public async Task Requests_OutsideTheProtocol_AreRefusedAsItSays()
    {
        var campaign = await app.AddCampaignAsync(app.First);
        using var sender = await Sender.SignInAsync(app, PeopleFixture.One);
        var upload = await sender.BeginAsync(campaign.Id, 100, "a.mp4");

        using (var old = await sender.SendAsync(HttpMethod.Head, upload, version: "0.2.2"))
            Assert.Equal((HttpStatusCode.PreconditionFailed, "1.0.0"), (old.StatusCode, old.Headers.GetValues("Tus-Version").Single()));
        using (var elsewhere = await sender.AppendAsync(upload, 50, [1])) Assert.Equal(HttpStatusCode.Conflict, elsewhere.StatusCode);
        using (var more = await sender.AppendAsync(upload, 0, new byte[101]))
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, more.StatusCode);
        using (var wrong = await sender.AppendAsync(upload, 0, [1], type: "video/mp4"))
            Assert.Equal(HttpStatusCode.UnsupportedMediaType, wrong.StatusCode);
        using (var forged = await sender.AppendAsync(upload, 0, [1], withToken: false))
            Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        using (var offer = await sender.SendAsync(HttpMethod.Options, "/api/uploads"))
            Assert.Equal("creation,expiration,termination", offer.Headers.GetValues("Tus-Extension").Single());
        using (var stand = await sender.SendAsync(HttpMethod.Head, upload))
        {
            Assert.Equal(
                ("0", "100"), (stand.Headers.GetValues("Upload-Offset").Single(), stand.Headers.GetValues("Upload-Length").Single()));
            Assert.True(
                DateTimeOffset.Parse(stand.Headers.GetValues("Upload-Expires")
                    .Single(), CultureInfo.InvariantCulture) > TimeProvider.System.GetUtcNow().AddHours(23));
            Assert.True(stand.Headers.CacheControl!.NoStore);
        }
        using (var ended = await sender.SendAsync(HttpMethod.Delete, upload)) Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
        using (var gone = await sender.SendAsync(HttpMethod.Head, upload)) Assert.Equal(HttpStatusCode.Gone, gone.StatusCode);
        using (var late = await sender.AppendAsync(upload, 0, [1])) Assert.Equal(HttpStatusCode.Gone, late.StatusCode);
    }

    [Fact]
    public async Task Uploads_OfOthers_DoNotExist()
    {
        var campaign = await app.AddCampaignAsync(app.First);
        using var owner = await Sender.SignInAsync(app, PeopleFixture.One);
        using var stranger = await Sender.SignInAsync(app, PeopleFixture.Two);
        var upload = await owner.BeginAsync(campaign.Id, 100, "a.mp4");
        using (var head = await stranger.SendAsync(HttpMethod.Head, upload)) Assert.Equal(HttpStatusCode.NotFound, head.StatusCode);
        using (var patch = await stranger.AppendAsync(upload, 0, [1])) Assert.Equal(HttpStatusCode.NotFound, patch.StatusCode);
        using (var told = await stranger.SendAsync(HttpMethod.Get, upload)) Assert.Equal(HttpStatusCode.NotFound, told.StatusCode);
        using (var end = await stranger.SendAsync(HttpMethod.Delete, upload)) Assert.Equal(HttpStatusCode.NotFound, end.StatusCode);
        using (var begin = await stranger.TryBeginAsync(campaign.Id, 100, "a.mp4")) Assert.Equal(HttpStatusCode.NotFound, begin.StatusCode);
        using (var mine = await owner.SendAsync(HttpMethod.Get, upload))
            Assert.Equal("Receiving", JsonDocument.Parse(await mine.Content.ReadAsStringAsync()).RootElement.GetProperty("state")
                .GetString());
        await owner.EndAsync(upload);
    }

    [Fact]
    public async Task Begin_BeyondTheLimits_IsRefusedWithItsReason()
    {
        var campaign = await app.AddCampaignAsync(app.Second);
        using var sender = await Sender.SignInAsync(app, PeopleFixture.Two);
        async Task<string> RefusalAsync(long bytes)
        {
            using var answer = await sender.TryBeginAsync(campaign.Id, bytes, "a.mp4");
            return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("refusal").GetString()!;
        }
        Assert.Equal("TooLarge", await RefusalAsync(UploadFixture.MaxBytes + 1));
        Assert.Equal("NotAMediaFile", await RefusalAsync(0));
        var (one, two) = (await sender.BeginAsync(campaign.Id, UploadFixture.MaxBytes, "a.mp4"),
            await sender.BeginAsync(campaign.Id, UploadFixture.MaxBytes / 2, "b.mp4"));
        Assert.Equal("UnfinishedFull", await RefusalAsync(UploadFixture.MaxBytes)); // by bytes
        var three = await sender.BeginAsync(campaign.Id, 1, "c.mp4");
        Assert.Equal("UnfinishedFull", await RefusalAsync(1)); // by number
        foreach (var upload in new[] { one, two, three }) await sender.EndAsync(upload);

        await using var db = app.NewContext();
        db.Add(
            new Creative
            {
                OrganisationId = app.Second.Id,
                CampaignId = campaign.Id,
                Name = "Big",
                Sha256 = new string('b', 64),
                Bytes = UploadFixture.OrganisationBytes,
                Seconds = 1,
                Width = 1,
                Height = 1,
                CreatedAt = TimeProvider.System.GetUtcNow(),
            });
        await db.SaveChangesAsync();
        Assert.Equal("QuotaFull", await RefusalAsync(1));
        await db.Creatives.Where(c => c.Name == "Big").ExecuteDeleteAsync();
    }

    [Fact]
    public async Task Sweep_UploadThatNobodyContinues_ExpiresWithItsFile()
    {
        var campaign = await app.AddCampaignAsync(app.First);
        using var sender = await Sender.SignInAsync(app, PeopleFixture.One);
        var (old, young) = (await sender.BeginAsync(campaign.Id, 100, "a.mp4"), await sender.BeginAsync(campaign.Id, 100, "b.mp4"));
        var oldId = Sender.IdOf(old);
        await using var db = app.NewContext();
        await db.Set<CreativeUpload>().Where(u => u.Id == oldId)
            .ExecuteUpdateAsync(s => s.SetProperty(u => u.TouchedAt, TimeProvider.System.GetUtcNow().AddDays(-2)));
        await app.Services.GetRequiredService<UploadSweep>().SweepAsync(default);
        using (var gone = await sender.SendAsync(HttpMethod.Head, old)) Assert.Equal(HttpStatusCode.Gone, gone.StatusCode);
        using (var here = await sender.SendAsync(HttpMethod.Head, young)) Assert.Equal(HttpStatusCode.OK, here.StatusCode);
        var folder = app.Services.GetRequiredService<UploadFolder>();
        Assert.Null(folder.Arrived(oldId));
        Assert.Equal(0, folder.Arrived(Sender.IdOf(young)));
        await sender.EndAsync(young);
    }
}
