using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Accounts.Tokens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Accounts;

/// <summary>Programs that act for an organisation.</summary>
public sealed class ApiTokenTests(RolesFixture app) : IClassFixture<RolesFixture>
{
    private ApiTokenService Service => app.Services.GetRequiredService<ApiTokenService>();

    [Fact]
    public async Task Me_GoodToken_SaysForWhomItActsAndIsSeen()
    {
        var owner = await app.ViewerAsync(RolesFixture.Owner);
        var secret = await MakeAsync(owner, "Monthly report", ApiScopes.CampaignsRead, ApiScopes.ReportsRead);
        using var client = With(secret);
        var me = await client.GetFromJsonAsync<JsonElement>("api/v1/me");
        Assert.Equal(app.First.Id, me.GetProperty("organisation").GetProperty("id").GetGuid());
        Assert.Equal(
            ["campaigns:read", "reports:read"], me.GetProperty("token").GetProperty("scopes").EnumerateArray().Select(s => s.GetString()));
        await using var db = app.NewContext();
        var stored = await db.ApiTokens.SingleAsync(t => t.Name == "Monthly report");
        Assert.NotNull(stored.LastUsedAt);
        Assert.Equal(ApiToken.HashOf(secret), stored.Hash);
    }

    [Fact]
    public async Task Me_EverythingThatIsNoGoodToken_Is401AsProblem()
    {
        var owner = await app.ViewerAsync(RolesFixture.Owner);
        var (revoked, expired, good) = (await MakeAsync(owner, "Revoked"), await MakeAsync(owner, "Expired"),
            await MakeAsync(owner, "Good"));
        await using (var db = app.NewContext())
        {
            await db.ApiTokens.Where(t => t.Name == "Expired")
                .ExecuteUpdateAsync(s => s.SetProperty(t => t.ExpiresAt, TimeProvider.System.GetUtcNow()));
            var id = await db.ApiTokens.Where(t => t.Name == "Revoked").Select(t => t.Id).SingleAsync();
            Assert.False(await Service.RevokeAsync(await app.ViewerAsync(RolesFixture.OtherOwner), id));
            Assert.False(await Service.RevokeAsync(await app.ViewerAsync(RolesFixture.Member), id));
            Assert.True(await Service.RevokeAsync(owner, id));
            Assert.False(await Service.RevokeAsync(owner, id));
        }
        foreach (var bad in new[] { revoked, expired, good
            + "x", good[..^1], "fat_", "", app.ScreenToken, new string('x', 5000), "fat_%00%C3%A9" })
        {
            using var client = With(bad);
            using var answer = await client.GetAsync("api/v1/me");
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
            Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
        }
        // A session is no token: what a browser sends by itself opens nothing here.
        using var session = await app.SignInAsync(RolesFixture.Owner);
        Assert.Equal(HttpStatusCode.Unauthorized, (await session.Http.GetAsync("api/v1/me")).StatusCode);
    }

    [Fact]
    public async Task Token_IsNoSessionAndNoScreen()
    {
        using var client = With(
            await MakeAsync(await app.ViewerAsync(PeopleFixture.Admin), "Everything", [.. ApiScopes.Of(OrganisationKind.MediaOwner)]));
        foreach (var page in new[] { "campaigns", "admin/overview", "organisation", "api/loop", "account/settings" })
            Assert.NotEqual(HttpStatusCode.OK, (await client.GetAsync(page)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized,
            (await client.PostAsync("api/screens/plays", JsonContent.Create(Array.Empty<object>()))).StatusCode);
    }

    [Theory]
    [InlineData(OrganisationKind.Advertiser, ApiScopes.CampaignsRead, false, false)]
    [InlineData(OrganisationKind.Advertiser, ApiScopes.CampaignsWrite, false, true)]
    [InlineData(OrganisationKind.MediaOwner, ApiScopes.ScreensRead, true, false)]
    [InlineData(OrganisationKind.MediaOwner, ApiScopes.ScreensWrite, true, true)]
    public void Principal_OfAToken_HasTheRightsOfItsScopesAndNeverManages(OrganisationKind kind, string scope, bool seesAll, bool changes)
    {
        var token = new ApiToken
        {
            OrganisationId = Guid.NewGuid(),
            CreatedBy = Guid.NewGuid(),
            CreatedByName = "a@b.c",
            Name = "T",
            Hash = [],
            Start = "fat_",
            Scopes = [scope],
            CreatedAt = default,
        };
        var viewer = Viewer.Of(ApiTokenAuthentication.PrincipalOf(token, kind))!.Value;
        Assert.Equal(
            (token.OrganisationId, seesAll, changes, false),
            (viewer.OrganisationId, viewer.IsMediaOwner, viewer.CanChange, viewer.Manages));
    }

    [Fact]
    public async Task Make_ByWhoeverMayNotOrWithWhatIsNoScope_IsRefused()
    {
        foreach (var email in new[] { RolesFixture.Member, RolesFixture.Analyst, RolesFixture.MediaAnalyst })
            Assert.Equal(
                AccountProblem.Denied, (await Service.MakeAsync(await app.ViewerAsync(email), "T", [ApiScopes.CampaignsRead], 30)).Problem);
        var owner = await app.ViewerAsync(RolesFixture.Owner);
        foreach (var scopes in new string[][] { [], ["everything"], [ApiScopes.ScreensWrite], [ApiScopes.CampaignsRead, "admin"] })
            Assert.Equal(AccountProblem.Denied, (await Service.MakeAsync(owner, "T", scopes, 30)).Problem);
        Assert.Equal(AccountProblem.Denied, (await Service.MakeAsync(owner, "T", [ApiScopes.CampaignsRead], -5)).Problem);
        Assert.Equal(AccountProblem.Name, (await Service.MakeAsync(owner, new string('n', 81), [ApiScopes.CampaignsRead], 30)).Problem);
        Assert.Equal(AccountProblem.Name, (await Service.MakeAsync(owner, "\u0000", [ApiScopes.CampaignsRead], 30)).Problem);
    }

    [Fact]
    public async Task Token_OfARemovedOwner_IsVoid()
    {
        var (organisation, _, owner) = await app.AddOrganisationAsync();
        var (id, email) = await app.AddUserAsync(organisation, Roles.Owner);
        using var client = With(await MakeAsync(await app.ViewerAsync(email), "Theirs"));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("api/v1/me")).StatusCode);
        var boss = await app.ViewerAsync(owner);
        await using (var scope = app.Services.CreateAsyncScope())
            Assert.Null(await scope.ServiceProvider.GetRequiredService<Members>().RemoveAsync(boss, id));
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("api/v1/me")).StatusCode);
    }

    private async Task<string> MakeAsync(Viewer viewer, string name, params string[] scopes) =>
        (await Service.MakeAsync(viewer, name, scopes.Length > 0 ? scopes : [ApiScopes.CampaignsRead], 30)).Secret!;

    private HttpClient With(string token)
    {
        var client = app.NewClient();
        if (!client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", new AuthenticationHeaderValue("Bearer", token)
            .ToString())) throw new InvalidOperationException();
        return client;
    }
}
