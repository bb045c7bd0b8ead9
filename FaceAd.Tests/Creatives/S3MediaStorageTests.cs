using System.Net;
using System.Net.Http.Headers;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Faults;
using FaceAd.Web.Creatives;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Creatives;

/// <summary>Videos on S3-compatible storage: a real server that speaks S3. It checks keys, not signatures.</summary>
public sealed class S3MediaStorageTests(S3Fixture app) : IClassFixture<S3Fixture>
{
    [Fact]
    public async Task Video_OnS3_IsServedWithRangesToWhomeverMaySeeItAndLiesInNoFolder()
    {
        var file = await TestTranscoder.FileAsync("video.mp4", "-f", "lavfi", "-i", "nullsrc=s=640x360:r=10:d=2,geq=random(1)*255:128:128",
            "-c:v", "libx264", "-preset", "ultrafast", "-qp", "2", "-pix_fmt", "yuv420p");
        var whole = await File.ReadAllBytesAsync(file);
        Assert.True(whole.Length > 5_000_000); // more than one piece
        var campaign = await app.AddCampaignAsync(app.First);
        var creative = (await app.Services.GetRequiredService<CreativeIntake>()
            .ImportAsync(file, app.First.Id, campaign.Id, "Creative")).Creative!;
        Assert.Empty(Directory.GetFiles(Path.Combine(app.Folder, "media"), "*", SearchOption.AllDirectories));

        using var owner = await app.SignInAsync(PeopleFixture.One);
        using var stranger = await app.SignInAsync(PeopleFixture.Two);
        Assert.Equal(whole, await owner.Http.GetByteArrayAsync($"media/{creative.Sha256}.mp4"));
        using (var poster = await owner.Http.GetAsync($"media/{creative.Sha256}.jpg"))
            Assert.Equal("image/jpeg", poster.Content.Headers.ContentType!.MediaType);
        using (var none = await stranger.Http.GetAsync($"media/{creative.Sha256}.mp4"))
            Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        (long? From, long? To)[] ranges = [(0, 0), (4_194_300, 4_194_310), (whole.Length - 5, null), (null, 7), (100, 5_000_000)];
        foreach (var (from, to) in ranges)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get,
                $"media/{creative.Sha256}.mp4")
            { Headers = { Range = new RangeHeaderValue(from, to) } };
            using var part = await owner.Http.SendAsync(request);
            Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
            var (first, last) = from is null
                ? (whole.Length - (int)to!.Value, whole.Length - 1) : ((int)from.Value, (int)(to ?? (whole.Length - 1)));
            Assert.Equal(whole[first..(last + 1)], await part.Content.ReadAsByteArrayAsync());
        }
    }

    [Fact]
    public async Task Open_WhatIsNotThere_IsNull() =>
        Assert.Null(await app.Services.GetRequiredService<MediaStore>().OpenVideoAsync(new string('0', 64), default));

    [Fact]
    public async Task Open_ServiceFallsSilent_EndsAtTheLimit()
    {
        await using var proxy = new SilentProxy(new Uri(app.Options.ServiceUrl));
        var options = app.Options;
        (options.ServiceUrl, options.AnswerLimit) = ($"http://127.0.0.1:{proxy.Address.Port}", TimeSpan.FromSeconds(3));
        using var storage = new S3MediaStorage(options);
        var path = Path.Combine(TestFolders.New("s3"), "a");
        await File.WriteAllBytesAsync(path, new byte[100_000]);
        await storage.PutAsync("silent", path, "video/mp4", default);
        await using var video = (await storage.OpenAsync("silent", default))!;

        proxy.FallSilent(_ => Answered.HeadAndAByte);
        await Assert.ThrowsAsync<TimeoutException>(async () => await video.ReadExactlyAsync(new byte[100_000]));
        proxy.FallSilent(_ => Answered.Nothing);
        await Assert.ThrowsAsync<TimeoutException>(() => storage.OpenAsync("silent", default));

        proxy.Recover();
        await using var again = (await storage.OpenAsync("silent", default))!;
        await again.ReadExactlyAsync(new byte[100_000]);
    }

    [Fact]
    public async Task Put_WithAnUnknownKey_FailsAndTheFileStays()
    {
        var options = app.Options;
        options.AccessKey = "UNKNOWN";
        using var storage = new S3MediaStorage(options);
        var path = Path.Combine(TestFolders.New("s3"), "a");
        await File.WriteAllTextAsync(path, "a");
        await Assert.ThrowsAnyAsync<Amazon.S3.AmazonS3Exception>(() => storage.PutAsync("a", path, "text/plain", default));
        Assert.True(File.Exists(path));
    }
}
