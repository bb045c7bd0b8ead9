using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using FaceAd.Tests.Player;
using FaceAd.Tests.Support;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Creatives;
using FaceAd.Web.Creatives.Transcoding;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Creatives;

/// <summary>Files of any kind, sent by the upload that the page uses, with real ffmpeg.</summary>
public sealed class CreativeIntakeTests(PeopleFixture app) : IClassFixture<PeopleFixture>
{
    private string Media => Path.Combine(app.Folder, "media");

    [Fact]
    public async Task Upload_LargeFastVideoWithSound_KeepsOnlyWhatPlayersPlay()
    {
        var campaign = await app.AddCampaignAsync(app.First);
        var video = await MakeAsync("big", "-f", "lavfi", "-i", "testsrc=s=2000x1000:r=60:d=1.5", "-f", "lavfi", "-i", "sine=d=1.5",
            "-c:v", "libx264", "-preset", "ultrafast", "-crf", "35", "-pix_fmt", "yuv420p", "-c:a", "aac");
        using var owner = await app.SignInAsync(PeopleFixture.One);
        using var answer = await owner.UploadAsync(campaign.Id, new ByteArrayContent(video), "../Summer \u0007sale.mp4");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await using var db = app.NewContext();
        var creative = await db.Creatives.SingleAsync(c => c.CampaignId == campaign.Id);
        Assert.Equal(("Summer sale", 1920, 960), (creative.Name, creative.Width, creative.Height));
        var kept = await FfmpegProcess.ProbeAsync(Path.Combine(Media, creative.Sha256 + ".mp4"), default);
        Assert.True(kept!.Value.FitsPlayer);
        Assert.InRange(kept.Value.FramesPerSecond, 29.9, 30.1);
        Assert.InRange(creative.Seconds, 1.4, 1.6);
        Assert.Empty(Directory.GetFiles(Path.Combine(Media, "incoming")));
    }

    [Fact]
    public async Task Import_VideoThatFits_IsKeptByteForByte()
    {
        var video = await MakeAsync("fits", "-f", "lavfi", "-i", "testsrc=s=320x180:r=10:d=1.5", "-c:v", "libx264", "-preset", "ultrafast",
            "-pix_fmt", "yuv420p", "-movflags", "+faststart");
        var path = Path.Combine(app.Folder, "fits.mp4");
        var outcome = await app.Services.GetRequiredService<CreativeIntake>().ImportAsync(path, app.First.Id, null, "House");
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(video)), outcome.Creative!.Sha256);
        Assert.True(File.Exists(path));
    }

    public static TheoryData<string, CreativeRefusal> BadFiles => new()
    {
        { "letter", CreativeRefusal.NotAMediaFile },
        { "empty", CreativeRefusal.NotAMediaFile },
        { "playlist", CreativeRefusal.NotAMediaFile },
        { "sound only", CreativeRefusal.SoundOnly },
        { "other codec", CreativeRefusal.WrongCodec },
        { "tiny picture", CreativeRefusal.WrongSize },
        { "too short", CreativeRefusal.TooShort },
        { "too long", CreativeRefusal.TooLong },
        { "broken off", CreativeRefusal.Damaged },
        { "no index", CreativeRefusal.NotAMediaFile },
    };

    [Theory]
    [MemberData(nameof(BadFiles))]
    public async Task Upload_BadFileNamedMp4_IsRefusedWithItsReasonAndNothingIsLeft(string kind, CreativeRefusal expected)
    {
        var video = await BadFileAsync(kind);
        var campaign = await app.AddCampaignAsync(app.First);
        using var owner = await app.SignInAsync(PeopleFixture.One);
        await AssertRefusedAsync(await owner.UploadAsync(campaign.Id, new ByteArrayContent(video), kind + ".mp4"), campaign.Id,
            HttpStatusCode.UnprocessableEntity, expected);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Upload_TooLarge_IsRefusedWhetherItsLengthIsToldOrNot(bool told)
    {
        var campaign = await app.AddCampaignAsync(app.First);
        using var owner = await app.SignInAsync(PeopleFixture.One);
        HttpContent content = told
            ? new ByteArrayContent(new byte[PeopleFixture.MaxUploadBytes + 1]) : new UnknownLengthContent(PeopleFixture.MaxUploadBytes + 1);
        await AssertRefusedAsync(await owner.UploadAsync(campaign.Id, content, "large.mp4"), campaign.Id,
            HttpStatusCode.RequestEntityTooLarge, CreativeRefusal.TooLarge);
    }

    [Fact]
    public async Task Upload_NotTheirs_OrHandedIn_DoesNotExist()
    {
        var draft = await app.AddCampaignAsync(app.First);
        var submitted = await app.AddCampaignAsync(app.First, CampaignState.Submitted);
        using var owner = await app.SignInAsync(PeopleFixture.One);
        using var stranger = await app.SignInAsync(PeopleFixture.Two);
        await AssertRefusedAsync(await stranger.UploadAsync(draft.Id, new ByteArrayContent([1]), "a.mp4"), draft.Id,
            HttpStatusCode.NotFound, CreativeRefusal.CampaignClosed);
        await AssertRefusedAsync(await owner.UploadAsync(submitted.Id, new ByteArrayContent([1]), "a.mp4"), submitted.Id,
            HttpStatusCode.NotFound, CreativeRefusal.CampaignClosed);
    }

    [Fact]
    public async Task Upload_WithoutTokenOrCookie_IsRefused()
    {
        var campaign = await app.AddCampaignAsync(app.First);
        using var owner = await app.SignInAsync(PeopleFixture.One);
        using var forged = await owner.UploadAsync(campaign.Id, new ByteArrayContent([1]), "a.mp4", withToken: false);
        using var nobody = new Visitor(app);
        using var unknown = await nobody.UploadAsync(campaign.Id, new ByteArrayContent([1]), "a.mp4", withToken: false);
        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, unknown.StatusCode);
    }

    private async Task AssertRefusedAsync(HttpResponseMessage answer, Guid campaign, HttpStatusCode status, CreativeRefusal expected)
    {
        using (answer)
        {
            Assert.Equal(status, answer.StatusCode);
            Assert.Equal(expected.ToString(), (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("refusal").GetString());
        }
        await using var db = app.NewContext();
        Assert.False(await db.Creatives.AnyAsync(c => c.CampaignId == campaign));
        var incoming = Path.Combine(Media, "incoming");
        Assert.Empty(Directory.Exists(incoming) ? Directory.GetFiles(incoming) : []);
    }

    private async Task<byte[]> BadFileAsync(string kind)
    {
        string[] h264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"];
        string[] Source(string size, string seconds, string rate = "10") => ["-f", "lavfi", "-i", $"testsrc=s={size}:r={rate}:d={seconds}"];
        switch (kind)
        {
            case "letter": return "This is a letter, not a video."u8.ToArray();
            case "empty": return [];
            case "playlist": return "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n"u8.ToArray();
            case "sound only": return await MakeAsync(kind, "-f", "lavfi", "-i", "sine=d=2", "-c:a", "aac");
            case "other codec": return await MakeAsync(kind, [.. Source("320x180", "2"), "-c:v", "jpeg2000"]);
            case "tiny picture": return await MakeAsync(kind, [.. Source("64x64", "2"), .. h264]);
            case "too short": return await MakeAsync(kind, [.. Source("320x180", "0.5"), .. h264]);
            case "too long": return await MakeAsync(kind, [.. Source("160x160", "63", "1"), .. h264]);
            case "broken off":
                var whole = await MakeAsync(kind, [.. Source("320x180", "6"), .. h264, "-movflags", "+faststart"]);
                return whole[..(whole.Length / 2)];
            default:
                var end = await MakeAsync(kind, [.. Source("320x180", "2"), .. h264]); // its index comes last
                return end[..^2000];
        }
    }

    private async Task<byte[]> MakeAsync(string name, params string[] arguments)
    {
        var path = Path.Combine(app.Folder, name + ".mp4");
        await TestClips.RunAsync("ffmpeg", ["-nostdin", "-loglevel", "error", "-y", .. arguments, path]);
        return await File.ReadAllBytesAsync(path);
    }

    /// <summary>Zeroes whose length is not told beforehand.</summary>
    private sealed class UnknownLengthContent(long length) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            try
            {
                for (var sent = 0L; sent < length; sent += 50_000) await stream.WriteAsync(new byte[50_000]);
            }
            catch (IOException)
            {
                // The server has heard enough.
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
