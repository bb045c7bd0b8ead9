using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using FaceAd.Tests.Player;
using FaceAd.Tests.Support;
using FaceAd.Web.Creatives.Buildings;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Creatives;

/// <summary>Pictures of buildings: who may send and see them, and what is refused.</summary>
public sealed partial class SitePicturesTests(PeopleFixture app) : IClassFixture<PeopleFixture>
{
    [Fact]
    public async Task Picture_SentReplacedAndRemoved_LeavesNothingBehind()
    {
        var (id, page) = await BuildingAsync();
        using var admin = await app.SignInAsync(PeopleFixture.Admin);
        Assert.Equal("Saved", await SendAsync(admin, page, await DrawAsync("red")));
        var first = Assert.Single(Stored(id));
        using (var buyer = await app.SignInAsync(PeopleFixture.One))
        {
            using var seen = await buyer.Http.GetAsync($"buildings/{id}/picture.jpg");
            Assert.Equal("image/jpeg", seen.Content.Headers.ContentType?.MediaType);
            Assert.Equal(new byte[] { 0xFF, 0xD8 }, (await seen.Content.ReadAsByteArrayAsync())[..2]);
        }
        using (var nobody = new Visitor(app))
            Assert.NotEqual(HttpStatusCode.OK, (await nobody.Http.GetAsync($"buildings/{id}/picture.jpg")).StatusCode);

        Assert.Equal("Saved", await SendAsync(admin, page, await DrawAsync("blue")));
        Assert.NotEqual(first, Assert.Single(Stored(id)));

        Assert.Equal("Saved", await SendAsync(admin, page, null));
        Assert.Empty(Stored(id));
        Assert.Equal(HttpStatusCode.NotFound, (await admin.Http.GetAsync($"buildings/{id}/picture.jpg")).StatusCode);
    }

    [Fact]
    public async Task Picture_Hostile_IsRefusedAndNotKept()
    {
        var (id, page) = await BuildingAsync();
        using var admin = await app.SignInAsync(PeopleFixture.Admin);
        var good = await DrawAsync("green");
        Assert.Equal("NotAPicture", await SendAsync(admin, page, "<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"u8.ToArray()));
        Assert.Equal("NotAPicture", await SendAsync(admin, page, "#EXTM3U\nfile:///etc/passwd\n and more, so that it is long enough"u8.ToArray()));
        Assert.Equal("NotAPicture", await SendAsync(admin, page, []));
        Assert.Equal("Damaged", await SendAsync(admin, page, good[..(good.Length / 2)]));
        Assert.Equal("WrongSize", await SendAsync(admin, page, await DrawAsync("red", "199x400")));
        Assert.Equal("TooLarge", await SendAsync(admin, page, [.. good, .. new byte[SitePictures.MaxBytes]]));
        Assert.Equal("WrongSize", await SendAsync(admin, page, Bomb()));
        Assert.Empty(Stored(id));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(app.Folder, "media", "incoming")));
        await using var db = app.NewContext();
        Assert.Null(await db.Sites.Where(s => s.Id == id).Select(s => s.PictureSha256).SingleAsync());
    }

    [Fact]
    public async Task Picture_FromAnyoneElseOrAnotherSite_IsRefused()
    {
        var (id, page) = await BuildingAsync();
        using var advertiser = await app.SignInAsync(PeopleFixture.One);
        var token = await advertiser.TokenAsync("campaigns");
        using (var answer = await PostAsync(advertiser, page, token, await DrawAsync("red")))
            Assert.Contains("account/denied", $"{answer.Headers.Location}", StringComparison.Ordinal);
        using var admin = await app.SignInAsync(PeopleFixture.Admin);
        using (var forged = await PostAsync(admin, page, "forged", await DrawAsync("red")))
            Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        Assert.Empty(Stored(id));
        await using var stream = new MemoryStream(await DrawAsync("red"));
        Assert.Equal(PictureRefusal.NoSite, await app.Services.GetRequiredService<SitePictures>().SetAsync(null, Guid.NewGuid(), stream));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(app.Folder, "media"), "building-*"));
    }

    private async Task<(Guid Id, string Page)> BuildingAsync()
    {
        await using var db = app.NewContext();
        var id = await db.Sites.Select(s => s.Id).SingleAsync();
        await db.Sites.ExecuteUpdateAsync(s => s.SetProperty(x => x.PictureSha256, (string?)null));
        return (id, $"buildings/{id}");
    }

    private string[] Stored(Guid id) => [.. Directory.EnumerateFiles(Path.Combine(app.Folder, "media"), $"building-{id:N}-*")];

    private async Task<byte[]> DrawAsync(string colour, string size = "400x300")
    {
        var name = Guid.NewGuid().ToString("N");
        await TestClips.PicturesAsync(app.Folder, name, $"testsrc=s={size}:r=1:d=1,drawbox=c={colour}:t=fill:w=100:h=100", 1);
        return await File.ReadAllBytesAsync(Path.Combine(app.Folder, name + "001.jpg"));
    }

    // The beginning of a PNG that promises 60,000 by 60,000 pixels.
    private static byte[] Bomb() =>
        [0x89, .. "PNG\r\n"u8, 0x1A, (byte)'\n', 0, 0, 0, 13, .. "IHDR"u8, 0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60, 8, 2, 0, 0, 0, 1, 2, 3, 4];

    // What became of it, as the page that follows says.
    private static async Task<string?> SendAsync(Visitor visitor, string page, byte[]? picture)
    {
        var token = await visitor.TokenAsync(page);
        using var answer = await PostAsync(visitor, page, token, picture);
        return Outcome().Match($"{answer.Headers.Location}").Groups[1].Value;
    }

    private static async Task<HttpResponseMessage> PostAsync(Visitor visitor, string page, string token, byte[]? picture)
    {
        using var form = new MultipartFormDataContent { { new StringContent(token), "__RequestVerificationToken" } };
        if (picture is null) form.Add(new StringContent("true"), "remove");
        else
        {
            var file = new ByteArrayContent(picture);
            file.Headers.ContentType = new MediaTypeHeaderValue("image/jpeg");
            form.Add(file, "picture", "house.jpg");
        }
        return await visitor.Http.PostAsync($"{page}/picture", form);
    }

    [GeneratedRegex("picture=([A-Za-z]+)")]
    private static partial Regex Outcome();
}
