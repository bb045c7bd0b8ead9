using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Creatives.Uploads;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Creatives;

/// <summary>The upload protocol over real HTTP: what a sender may rely on, and what it may not do.</summary>
public sealed class UploadProtocolTests(UploadFixture app) : IClassFixture<UploadFixture>
{
    [Fact]
    public async Task Upload_CutTwiceAndContinued_BecomesAFilm()
    {
        var film = await File.ReadAllBytesAsync(await FilmWorkshop.FileAsync("film.mp4", "-f", "lavfi", "-i", "testsrc2=s=640x360:r=30:d=3", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"));
        var campaign = await app.AddCampaignAsync(app.First);
        using var sender = await Sender.SignInAsync(app, PeopleFixture.One);
        var upload = await sender.BeginAsync(campaign.Id, film.Length, "../a/Spring film.mp4");

        // Announces everything, sends a third, and is gone; then again.
        await sender.CutAsync(upload, 0, film.AsMemory(0, film.Length / 3), film.Length);
        var stands = await sender.StandsAsync(upload, atLeast: 1);
        await sender.CutAsync(upload, stands, film.AsMemory((int)stands, film.Length / 3), film.Length - stands);
        stands = await sender.StandsAsync(upload, atLeast: stands + 1);
        using (var rest = await sender.AppendAsync(upload, stands, film[(int)stands..])) Assert.Equal(HttpStatusCode.NoContent, rest.StatusCode);

        var end = await app.EndOfAsync(upload);
        Assert.Equal((UploadState.Done, 100), (end.State, end.Percent));
        await using var db = app.NewContext();
        var creative = await db.Creatives.SingleAsync(c => c.CampaignId == campaign.Id);
        Assert.Equal((end.CreativeId, "Spring film", 640), (creative.Id, creative.Name, creative.Width));
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
        using (var more = await sender.AppendAsync(upload, 0, new byte[101])) Assert.Equal(HttpStatusCode.RequestEntityTooLarge, more.StatusCode);
        using (var wrong = await sender.AppendAsync(upload, 0, [1], type: "video/mp4")) Assert.Equal(HttpStatusCode.UnsupportedMediaType, wrong.StatusCode);
        using (var forged = await sender.AppendAsync(upload, 0, [1], withToken: false)) Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        using (var offer = await sender.SendAsync(HttpMethod.Options, "/api/uploads"))
            Assert.Equal("creation,expiration,termination", offer.Headers.GetValues("Tus-Extension").Single());
        using (var stand = await sender.SendAsync(HttpMethod.Head, upload))
        {
            Assert.Equal(("0", "100"), (stand.Headers.GetValues("Upload-Offset").Single(), stand.Headers.GetValues("Upload-Length").Single()));
            Assert.True(DateTimeOffset.Parse(stand.Headers.GetValues("Upload-Expires").Single(), CultureInfo.InvariantCulture) > TimeProvider.System.GetUtcNow().AddHours(23));
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
            Assert.Equal("Receiving", JsonDocument.Parse(await mine.Content.ReadAsStringAsync()).RootElement.GetProperty("state").GetString());
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
        Assert.Equal("NotAFilm", await RefusalAsync(0));
        var (one, two) = (await sender.BeginAsync(campaign.Id, UploadFixture.MaxBytes, "a.mp4"), await sender.BeginAsync(campaign.Id, UploadFixture.MaxBytes / 2, "b.mp4"));
        Assert.Equal("UnfinishedFull", await RefusalAsync(UploadFixture.MaxBytes)); // by bytes
        var three = await sender.BeginAsync(campaign.Id, 1, "c.mp4");
        Assert.Equal("UnfinishedFull", await RefusalAsync(1)); // by number
        foreach (var upload in new[] { one, two, three }) await sender.EndAsync(upload);

        await using var db = app.NewContext();
        db.Add(new Creative { OrganisationId = app.Second.Id, CampaignId = campaign.Id, Name = "Big", Sha256 = new string('b', 64), Bytes = UploadFixture.OrganisationBytes, Seconds = 1, Width = 1, Height = 1, CreatedAt = TimeProvider.System.GetUtcNow() });
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
        await db.Set<CreativeUpload>().Where(u => u.Id == oldId).ExecuteUpdateAsync(s => s.SetProperty(u => u.TouchedAt, TimeProvider.System.GetUtcNow().AddDays(-2)));
        await app.Services.GetRequiredService<UploadSweep>().SweepAsync(default);
        using (var gone = await sender.SendAsync(HttpMethod.Head, old)) Assert.Equal(HttpStatusCode.Gone, gone.StatusCode);
        using (var here = await sender.SendAsync(HttpMethod.Head, young)) Assert.Equal(HttpStatusCode.OK, here.StatusCode);
        var folder = app.Services.GetRequiredService<UploadFolder>();
        Assert.Null(folder.Arrived(oldId));
        Assert.Equal(0, folder.Arrived(Sender.IdOf(young)));
        await sender.EndAsync(young);
    }
}

/// <summary>People, and limits of uploads that a test can reach.</summary>
public sealed class UploadFixture : PeopleFixture
{
    public const long MaxBytes = 20_000_000, OrganisationBytes = 500_000_000;

    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["Media:MaxUploadBytes"] = $"{MaxBytes}",
        ["Media:UnfinishedBytes"] = $"{2 * MaxBytes}",
        ["Media:UnfinishedUploads"] = "3",
        ["Media:OrganisationBytes"] = $"{OrganisationBytes}",
    };

    /// <summary>Waits for the end of an upload.</summary>
    public async Task<CreativeUpload> EndOfAsync(string upload)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        return (await Services.GetRequiredService<CreativeUploads>().EndOfAsync(new Viewer(Guid.Empty, true), Sender.IdOf(upload), null, patience.Token))!;
    }
}

/// <summary>Somebody who speaks the upload protocol.</summary>
sealed class Sender(Visitor visitor, string token, Uri address) : IDisposable
{
    public static async Task<Sender> SignInAsync(PeopleFixture app, string who)
    {
        var visitor = await app.SignInAsync(who);
        return new Sender(visitor, await visitor.TokenAsync("campaigns"), app.Address);
    }

    public static Guid IdOf(string upload) => Guid.Parse(upload.Split('/')[^1]);

    public async Task<string> BeginAsync(Guid campaign, long bytes, string name)
    {
        using var answer = await TryBeginAsync(campaign, bytes, name);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return answer.Headers.Location!.OriginalString;
    }

    public Task<HttpResponseMessage> TryBeginAsync(Guid campaign, long bytes, string name) => SendAsync(HttpMethod.Post, "/api/uploads", request =>
    {
        request.Headers.Add("Upload-Length", bytes.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("Upload-Metadata", $"campaign {Base64(campaign.ToString())},filename {Base64(name)}");
    });

    public Task<HttpResponseMessage> AppendAsync(string upload, long offset, byte[] piece, bool withToken = true, string type = "application/offset+octet-stream") =>
        SendAsync(HttpMethod.Patch, upload, request =>
        {
            request.Headers.Add("Upload-Offset", offset.ToString(CultureInfo.InvariantCulture));
            request.Content = new ByteArrayContent(piece) { Headers = { ContentType = new(type) } };
        }, withToken);

    public async Task EndAsync(string upload)
    {
        using var answer = await SendAsync(HttpMethod.Delete, upload);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    /// <summary>How far the upload is, once that is far enough: what left here may still be on its way.</summary>
    public async Task<long> StandsAsync(string upload, long atLeast)
    {
        for (var tries = 0; ; tries++)
        {
            using var answer = await SendAsync(HttpMethod.Head, upload);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            var stands = long.Parse(answer.Headers.GetValues("Upload-Offset").Single(), CultureInfo.InvariantCulture);
            if (stands >= atLeast || tries == 100) return stands;
        }
    }

    /// <summary>Announces a piece, sends the beginning of it, and cuts the connection.</summary>
    public async Task CutAsync(string upload, long offset, ReadOnlyMemory<byte> sent, long announced)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        var stream = client.GetStream();
        var cookies = visitor.Cookies;
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"PATCH {upload} HTTP/1.1\r\nHost: {address.Authority}\r\nTus-Resumable: 1.0.0\r\nX-CSRF-TOKEN: {token}\r\nCookie: {cookies}\r\n"
            + $"Upload-Offset: {offset}\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: {announced}\r\n\r\n"));
        await stream.WriteAsync(sent);
        client.Client.LingerState = new LingerOption(true, 5); // what was sent arrives, and then nothing more
    }

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, Action<HttpRequestMessage>? set = null, bool withToken = true, string version = "1.0.0")
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Add("Tus-Resumable", version);
        if (withToken) request.Headers.Add("X-CSRF-TOKEN", token);
        set?.Invoke(request);
        return visitor.Http.SendAsync(request);
    }

    public void Dispose() => visitor.Dispose();

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
