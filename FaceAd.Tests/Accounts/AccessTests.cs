using System.Net;
using System.Net.Http.Headers;
using FaceAd.Tests.Player;
using FaceAd.Tests.Support;
using FaceAd.Web.Creatives;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Accounts;

/// <summary>Who may fetch what, over plain HTTP.</summary>
public sealed class AccessTests(PeopleFixture app) : IClassFixture<PeopleFixture>
{
    [Theory]
    [InlineData("campaigns")]
    [InlineData("campaigns/new")]
    [InlineData("admin/overview")]
    [InlineData("admin/approvals")]
    [InlineData("admin/screens")]
    [InlineData("admin/buildings")]
    [InlineData("admin/live")]
    [InlineData("admin/privacy")]
    [InlineData("admin/audience")]
    [InlineData("admin/audit")]
    public async Task Page_NobodySignedIn_LeadsToSignIn(string path)
    {
        using var client = app.NewClient();
        using var answer = await client.GetAsync(path);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Contains($"/account/login?returnUrl={Uri.EscapeDataString("/" + path)}", answer.Headers.Location!.OriginalString,
            StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("admin/overview")]
    [InlineData("admin/approvals")]
    [InlineData("admin/screens")]
    [InlineData("admin/live")]
    [InlineData("admin/privacy")]
    [InlineData("admin/audience")]
    [InlineData("admin/audit")]
    public async Task AdminPage_Advertiser_IsTurnedAwayAndAdminIsLetIn(string path)
    {
        using var advertiser = await app.SignInAsync(PeopleFixture.One);
        using var admin = await app.SignInAsync(PeopleFixture.Admin);
        using var refused = await advertiser.Http.GetAsync(path);
        Assert.Contains("/account/denied", refused.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await admin.Http.GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task LoopApi_PerRole_IsForAdmins()
    {
        using var nobody = app.NewClient();
        using var advertiser = await app.SignInAsync(PeopleFixture.One);
        using var admin = await app.SignInAsync(PeopleFixture.Admin);
        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.GetAsync("api/loop")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await advertiser.Http.GetAsync("api/loop")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await admin.Http.GetAsync("api/loop")).StatusCode);
    }

    [Theory]
    [InlineData("mp4", "video/mp4")]
    [InlineData("jpg", "image/jpeg")]
    public async Task Media_PerRole_OwnerAdminAndScreensOnly(string extension, string type)
    {
        var path = $"media/{await VideoAsync()}.{extension}";
        using var nobody = app.NewClient();
        using var badScreen = app.NewClient();
        badScreen.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "0123456789abcdef");
        using var screen = app.NewClient();
        screen.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", app.ScreenToken);
        using var owner = await app.SignInAsync(PeopleFixture.One);
        using var other = await app.SignInAsync(PeopleFixture.Two);
        using var admin = await app.SignInAsync(PeopleFixture.Admin);

        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.GetAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await badScreen.GetAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await other.Http.GetAsync(path)).StatusCode);
        foreach (var client in new[] { screen, owner.Http, admin.Http })
        {
            using var answer = await client.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(type, answer.Content.Headers.ContentType?.MediaType);
            Assert.Contains("immutable", answer.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Media_RangeAsked_AnswersThatPart()
    {
        using var owner = await app.SignInAsync(PeopleFixture.One);
        var request = new HttpRequestMessage(HttpMethod.Get, $"media/{await VideoAsync()}.mp4");
        request.Headers.Range = new RangeHeaderValue(4, 7);
        using var answer = await owner.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal("ftyp"u8.ToArray(), await answer.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("media/..%2f..%2fkeys.mp4")]
    [InlineData("media/0000000000000000000000000000000000000000000000000000000000000000.mp4")]
    [InlineData("media/ABCDEF.jpg")]
    public async Task Media_NoSuchHash_Is404(string path)
    {
        using var admin = await app.SignInAsync(PeopleFixture.Admin);
        Assert.Equal(HttpStatusCode.NotFound, (await admin.Http.GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task AnyPage_Headers_ForbidFramesAndForeignScripts()
    {
        using var client = app.NewClient();
        using var answer = await client.GetAsync("account/login");
        var policy = string.Join(";", answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
    }

    [Theory]
    [InlineData("ko-KR,ko;q=0.9", "lang=\"ko\"")]
    [InlineData("de-DE,en;q=0.5", "lang=\"en\"")]
    public async Task Page_LanguageOfTheBrowser_IsSpoken(string languages, string expected)
    {
        using var client = app.NewClient();
        client.DefaultRequestHeaders.Add("Accept-Language", languages);
        Assert.Contains(expected, await client.GetStringAsync("account/login"), StringComparison.Ordinal);
    }

    private async Task<string> VideoAsync()
    {
        var campaign = await app.AddCampaignAsync(app.First);
        var path = Path.Combine(app.Folder, "own.mp4");
        if (!File.Exists(path)) await TestClips.MakeAsync(path, "testsrc=s=320x180:r=10:d=2");
        var (creative, refusal) = await app.Services.GetRequiredService<CreativeIntake>()
            .ImportAsync(path, app.First.Id, campaign.Id, "Creative");
        Assert.True(creative is not null, $"The video was refused: {refusal}");
        return creative.Sha256;
    }
}
