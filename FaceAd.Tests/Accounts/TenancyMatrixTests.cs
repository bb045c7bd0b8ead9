using System.Net;
using System.Net.Http.Headers;
using FaceAd.Core;
using FaceAd.Tests.Player;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Creatives;
using FaceAd.Web.Creatives.Uploads;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Accounts;

/// <summary>
/// Every route of the app against every kind of caller. The routes come from the app itself: one that is not named here fails the test, so
/// nobody adds a door without saying for whom it is.
/// </summary>
public sealed class TenancyMatrixTests(RolesFixture app) : IClassFixture<RolesFixture>
{
    private const string Needle = "Haystack7Needle";

    /// <summary>Who calls.</summary>
    [Flags]
    public enum Caller
    {
        None = 0,
        Anonymous = 1,
        Screen = 2,
        OtherAnalyst = 4,
        OtherMember = 8,
        OtherOwner = 16,
        Analyst = 32,
        Member = 64,
        Owner = 128,
        MediaAnalyst = 256,
        Admin = 512,
        Token = 1024,
        Everybody = 2047,
    }

    private const Caller SignedIn = Caller.OtherAnalyst | Caller.OtherMember | Caller.OtherOwner | Caller.Analyst | Caller.Member | Caller.Owner | Caller.MediaAnalyst | Caller.Admin;
    private const Caller Media = Caller.MediaAnalyst | Caller.Admin;
    private const Caller Own = Caller.Analyst | Caller.Member | Caller.Owner;
    private const Caller Changers = Caller.OtherMember | Caller.OtherOwner | Caller.Member | Caller.Owner | Caller.Admin;
    private const Caller Managers = Caller.OtherOwner | Caller.Owner | Caller.Admin;

    /// <summary>Whom a route lets in, for whom what it is about exists, and who may read the first advertiser's name of its campaign there.</summary>
    private sealed record Rule(Caller Open, Caller Exists = Caller.Everybody, Caller Reads = Caller.None);

    // In a route's place of an id stands a campaign of the first advertiser; in the place of a hash, its film.
    private static readonly Dictionary<string, Rule> Rules = new()
    {
        // Before somebody is in
        ["/account/login"] = new(Caller.Everybody),
        ["/account/two-factor"] = new(Caller.Everybody),
        ["/account/logout"] = new(Caller.Everybody),
        ["/account/sign-up"] = new(Caller.Everybody),
        ["/account/sent"] = new(Caller.Everybody),
        ["/account/confirm"] = new(Caller.Everybody),
        ["/account/confirm/again"] = new(Caller.Everybody),
        ["/account/forgot"] = new(Caller.Everybody),
        ["/account/reset"] = new(Caller.Everybody),
        ["/account/email"] = new(Caller.Everybody),
        ["/account/invitation"] = new(Caller.Everybody),
        ["/account/denied"] = new(Caller.Everybody),
        ["/account/unsubscribe"] = new(Caller.Everybody), // whoever has a signed link; this is none
        ["/api/unsubscribe"] = new(Caller.Everybody),
        ["/account/mailbox"] = new(Caller.Everybody), // at this machine, while developing; see DevelopmentMailboxTests
        ["/language"] = new(Caller.Everybody),
        ["/error"] = new(Caller.Everybody),
        ["/not-found"] = new(Caller.Everybody),
        ["/healthz"] = new(Caller.Everybody),
        ["/readyz"] = new(Caller.Everybody),

        // The frame of the pages, which holds nothing
        ["/_blazor"] = new(Caller.Everybody),
        ["/_blazor/negotiate"] = new(Caller.Everybody),
        ["/_blazor/initializers"] = new(Caller.Everybody),
        ["/_blazor/disconnect"] = new(Caller.Everybody),
        ["/_framework/opaque-redirect"] = new(Caller.Everybody),
        ["/{**path:file}"] = new(Caller.Everybody, Caller.None), // files that there are not

        // Everybody's own
        ["/"] = new(SignedIn),
        ["/account/alive"] = new(SignedIn),
        ["/account/settings"] = new(SignedIn),
        ["/account/settings/two-factor"] = new(SignedIn),
        ["/organisation"] = new(Managers),
        ["/organisation/tokens"] = new(Managers),
        ["/organisation/webhooks"] = new(Managers),
        ["/organisation/webhooks/{Id:guid}"] = new(Managers, Caller.None), // in its place of an id is no webhook

        // Campaigns
        ["/campaigns"] = new(SignedIn, Reads: Own | Media),
        ["/campaigns/calendar"] = new(SignedIn, Reads: Own | Media),
        ["/campaigns/deleted"] = new(SignedIn),
        ["/campaigns/new"] = new(Changers),
        ["/campaigns/{Id:guid}"] = new(SignedIn, Own | Media, Own | Media),
        ["/campaigns/{Id:guid}/edit"] = new(Changers, Own | Media, Own | Media),
        ["/api/campaigns/{id:guid}/creatives"] = new(Changers),
        ["/media/{sha256}.mp4"] = new(SignedIn | Caller.Screen, Own | Media | Caller.Screen),
        ["/media/{sha256}.jpg"] = new(SignedIn | Caller.Screen, Own | Media | Caller.Screen),

        ["/notifications"] = new(SignedIn),
        ["/api/uploads"] = new(Changers),
        ["/api/uploads/{id:guid}"] = new(Changers, Changers & (Own | Media), Changers & (Own | Media)), // in its place of an id, an upload to that campaign
        ["/campaigns/{Id:guid}/report"] = new(SignedIn, Own | Media, Own | Media),
        ["/campaigns/{id:guid}/report/{table}.csv"] = new(SignedIn, Own | Media, Own | Media),
        ["/r/{Token}"] = new(Caller.Everybody, Caller.None), // whoever has the secret; this is none

        // The media owner's
        ["/admin"] = new(Media),
        ["/admin/overview"] = new(Media, Reads: Media),
        ["/admin/screens"] = new(Media),
        ["/admin/groups"] = new(Media),
        ["/admin/house"] = new(Media),
        ["/admin/live"] = new(Media),
        ["/admin/privacy"] = new(Media),
        ["/admin/audience"] = new(Media),
        ["/admin/approvals"] = new(Caller.Admin, Reads: Caller.Admin),
        ["/admin/audit"] = new(Caller.Admin, Reads: Caller.Admin),
        ["/api/loop"] = new(Caller.Admin),

        // Programs and screens
        ["/api/v1/me"] = new(Caller.Token),
        ["/api/{documentName}/openapi.json"] = new(Caller.Everybody, Caller.None), // of the document "v1"; in its place of a name there is none
        ["/api/v1/campaigns"] = new(Caller.Token, Reads: Caller.Token),
        ["/api/v1/campaigns/counts"] = new(Caller.Token),
        ["/api/v1/campaigns/deleted"] = new(Caller.Token, Reads: Caller.Token),
        ["/api/v1/campaigns/bulk"] = new(Caller.Token),
        ["/api/v1/inventory"] = new(Caller.Token),
        ["/api/v1/campaigns/{id:guid}"] = new(Caller.Token, Caller.Token, Caller.Token),
        ["/api/v1/campaigns/{id:guid}/steps"] = new(Caller.Token),
        ["/api/v1/campaigns/{id:guid}/duplicate"] = new(Caller.Token, Reads: Caller.Token),
        ["/api/v1/campaigns/{id:guid}/restore"] = new(Caller.Token, Reads: Caller.Token),
        ["/api/v1/campaigns/{id:guid}/history"] = new(Caller.Token, Caller.Token, Caller.Token),
        ["/api/v1/campaigns/{id:guid}/comments"] = new(Caller.Token, Caller.Token, Caller.Token),
        ["/api/v1/campaigns/{id:guid}/showing"] = new(Caller.Token, Caller.Token),
        ["/api/v1/campaigns/{id:guid}/report"] = new(Caller.Token, Caller.Token, Caller.Token),
        ["/api/v1/campaigns/{id:guid}/links"] = new(Caller.Token, Caller.Token),
        ["/api/v1/links/{id:guid}"] = new(Caller.Token),
        ["/api/v1/campaigns/{id:guid}/creatives"] = new(Caller.Token, Caller.Token, Caller.Token),
        ["/api/v1/campaigns/{id:guid}/creatives/{creative:guid}"] = new(Caller.Token),
        ["/api/v1/campaigns/{id:guid}/creatives/{creative:guid}/weight"] = new(Caller.Token),
        ["/api/v1/campaigns/{id:guid}/creatives/{creative:guid}/film"] = new(Caller.Token, Caller.None), // in its place of a film is none
        ["/api/v1/campaigns/{id:guid}/creatives/{creative:guid}/poster"] = new(Caller.Token, Caller.None),
        ["/api/v1/campaigns/{id:guid}/uploads"] = new(Caller.Token, Caller.Token, Caller.Token),
        ["/api/v1/uploads"] = new(Caller.Token),
        ["/api/v1/uploads/{id:guid}"] = new(Caller.Token, Caller.Token, Caller.Token),
        ["/api/v1/uploads/{id:guid}/retry"] = new(Caller.Token),
        ["/api/v1/house"] = new(Caller.None), // the media owner's
        ["/api/v1/house/{id:guid}"] = new(Caller.None),
        ["/api/v1/house/{id:guid}/restore"] = new(Caller.None),
        ["/api/v1/approvals"] = new(Caller.None), // the token is an advertiser's
        ["/api/v1/approvals/campaigns/{id:guid}/approve"] = new(Caller.None),
        ["/api/v1/approvals/campaigns/{id:guid}/reject"] = new(Caller.None),
        ["/api/v1/approvals/creatives/{id:guid}/approve"] = new(Caller.None),
        ["/api/v1/approvals/creatives/{id:guid}/reject"] = new(Caller.None),
        ["GET /api/v1/sites"] = new(Caller.Token),
        ["POST /api/v1/sites"] = new(Caller.None),
        ["GET /api/v1/sites/{id:guid}"] = new(Caller.Token, Caller.None), // in its place of a building is none
        ["PUT /api/v1/sites/{id:guid}"] = new(Caller.None),
        ["/api/v1/sites/{id:guid}/consent"] = new(Caller.None),
        ["/api/v1/sites/{id:guid}/measurement"] = new(Caller.None),
        ["/api/v1/sites/{id:guid}/notice"] = new(Caller.None),
        ["/api/v1/sites/{id:guid}/erasure"] = new(Caller.None),
        ["/api/v1/screens"] = new(Caller.None),
        ["/api/v1/screens/{id:guid}"] = new(Caller.None),
        ["/api/v1/screens/{id:guid}/token"] = new(Caller.None),
        ["GET /api/v1/groups"] = new(Caller.Token),
        ["POST /api/v1/groups"] = new(Caller.None),
        ["GET /api/v1/groups/{id:guid}"] = new(Caller.Token, Caller.None),
        ["PUT /api/v1/groups/{id:guid}"] = new(Caller.None),
        ["DELETE /api/v1/groups/{id:guid}"] = new(Caller.None),
        ["/api/v1/overview"] = new(Caller.None),
        ["/api/v1/audience"] = new(Caller.None),
        ["/api/v1/privacy"] = new(Caller.None),
        ["/api/v1/audit"] = new(Caller.None),
        ["/api/v1/webhooks"] = new(Caller.Token),
        ["/api/v1/webhooks/{id:guid}"] = new(Caller.Token, Caller.None),
        ["/api/v1/webhooks/{id:guid}/paused"] = new(Caller.Token),
        ["/api/v1/webhooks/{id:guid}/secret"] = new(Caller.Token),
        ["/api/v1/webhooks/{id:guid}/test"] = new(Caller.Token),
        ["/api/v1/webhooks/{id:guid}/deliveries"] = new(Caller.Token, Caller.None),
        ["/api/v1/webhooks/{id:guid}/deliveries/{delivery:guid}/again"] = new(Caller.Token),
        ["/api/v1/notifications"] = new(Caller.Token, Reads: Caller.Token),
        ["/api/v1/notifications/read"] = new(Caller.Token),
        ["/api/v1/notifications/mail"] = new(Caller.Token),
        ["/api/v1/organisation"] = new(Caller.Token),
        ["/api/v1/members"] = new(Caller.Token),
        ["/api/v1/members/{id:guid}"] = new(Caller.Token),
        ["/api/v1/members/{id:guid}/role"] = new(Caller.Token),
        ["/api/v1/invitations"] = new(Caller.Token),
        ["/api/v1/invitations/{id:guid}"] = new(Caller.Token),
        ["/api/v1/tokens"] = new(Caller.Token),
        ["/api/v1/tokens/{id:guid}"] = new(Caller.Token),
        ["/api/screens/frames"] = new(Caller.Screen),
        ["/api/screens/audiences"] = new(Caller.Screen),
        ["/api/screens/plays"] = new(Caller.Screen),
        ["/hubs/screens"] = new(Caller.Screen),
        ["/hubs/screens/negotiate"] = new(Caller.Screen),
    };

    [Fact]
    public async Task Routes_EveryCaller_GetsWhatIsTheirsAndNothingElse()
    {
        var (campaign, film) = await FilledAsync();
        var routes = Routes().OrderBy(r => r.Method == "DELETE").ToList(); // what is deleted is not asked for afterwards
        Assert.True(routes.Count > 40, "The routes of the app were not found.");
        List<string> wrong = [.. routes.Where(r => RuleOf(r.Method, r.Pattern) is null).Select(r => $"{r.Method} {r.Pattern}: nobody said for whom it is"),
            .. Rules.Keys.Except(routes.SelectMany(r => new[] { r.Pattern, $"{r.Method} {r.Pattern}" })).Select(p => $"{p}: there is no such route")];
        var (upload, _) = await app.Services.GetRequiredService<CreativeUploads>().BeginAsync(new Viewer(campaign.OrganisationId, false), new UploadPlan(campaign.Id, Needle, 1000));
        foreach (var caller in Enum.GetValues<Caller>().Where(c => c is not (Caller.None or Caller.Everybody)))
        {
            using var client = await ClientAsync(caller);
            foreach (var (method, pattern) in routes.Where(r => RuleOf(r.Method, r.Pattern) is not null))
            {
                var path = pattern.Replace("{id:guid}", (pattern.StartsWith("/api/uploads", StringComparison.Ordinal) || pattern.StartsWith("/api/v1/uploads", StringComparison.Ordinal) ? upload!.Id : campaign.Id).ToString(), StringComparison.OrdinalIgnoreCase)
                    .Replace("{creative:guid}", campaign.Id.ToString(), StringComparison.Ordinal).Replace("{delivery:guid}", campaign.Id.ToString(), StringComparison.Ordinal)
                    .Replace("{sha256}", film, StringComparison.Ordinal).Replace("{table}", "figures", StringComparison.Ordinal).Replace("{Token}", new string('a', 32), StringComparison.Ordinal)
                    .Replace("{**path:file}", "nothing.txt", StringComparison.Ordinal);
                using var answer = await SendAsync(client, method, path);
                var rule = RuleOf(method, pattern)!;
                var problem = Problem(caller, method, rule, answer);
                var readable = answer.Content.Headers.ContentType?.MediaType is "text/html" or "text/csv" or "application/json" or "application/problem+json" or "text/plain";
                if (readable && (await answer.Content.ReadAsStringAsync()).Contains(Needle, StringComparison.Ordinal) && (rule.Reads & caller) == 0) problem = "reads another's campaign";
                if (problem is not null) wrong.Add($"{caller} {method} {path}: {problem} ({(int)answer.StatusCode} {answer.Headers.Location})");
                if (pattern == "/account/logout" && method == "POST" && answer.StatusCode == HttpStatusCode.Redirect) throw new InvalidOperationException("A sign-out needs a token.");
            }
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    // As a program should: a token that asks faster than it may waits and asks again.
    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, string method, string path)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path.TrimStart('/'));
            if (method == "POST") request.Content = new StringContent("{}", new MediaTypeHeaderValue("application/json"));
            var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            if (answer.StatusCode != HttpStatusCode.TooManyRequests || attempt == 20) return answer;
            answer.Dispose();
            await Task.Delay(TimeSpan.FromMilliseconds(250));
        }
    }

    [Fact]
    public async Task Readers_OfACampaign_ReallyReadIt()
    {
        // Without this the test above could pass because nobody sees anything.
        var (campaign, film) = await FilledAsync();
        foreach (var caller in new[] { Caller.Analyst, Caller.Member, Caller.Owner, Caller.MediaAnalyst, Caller.Admin })
        {
            using var client = await ClientAsync(caller);
            Assert.Contains(Needle, await client.GetStringAsync($"campaigns/{campaign.Id}"), StringComparison.Ordinal);
            Assert.Contains(Needle, await client.GetStringAsync("campaigns"), StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync($"media/{film}.mp4")).StatusCode);
        }
    }

    [Theory]
    [InlineData(RolesFixture.Analyst, false)]
    [InlineData(RolesFixture.OtherAnalyst, false)]
    [InlineData(RolesFixture.OtherMember, false)]
    [InlineData(RolesFixture.OtherOwner, false)]
    [InlineData(RolesFixture.MediaAnalyst, false)]
    [InlineData(RolesFixture.Member, true)]
    [InlineData(RolesFixture.Owner, true)]
    [InlineData(PeopleFixture.Admin, true)]
    public async Task Campaign_ChangedByEverybody_ChangesForItsOwnPeopleOnly(string email, bool may)
    {
        var (campaign, _) = await FilledAsync();
        var viewer = await app.ViewerAsync(email);
        var book = app.Services.GetRequiredService<CampaignService>();
        var terms = CampaignDraft.Of(campaign);
        terms.Name = "Changed";
        Assert.Equal(may, (await book.ChangeAsync(viewer, campaign.Id, terms, campaign.StartsOn)).Campaign is not null);
        var sees = await book.FindAsync(await app.ViewerAsync(PeopleFixture.Admin), campaign.Id);
        Assert.Equal(may ? "Changed" : campaign.Name, sees!.Name);
        Assert.Equal(may, await book.RemoveFilmAsync(viewer, campaign.Id, sees.Creatives.Single().Id));
        using var visitor = await app.SignInAsync(email);
        using var upload = viewer.CanChange ? await visitor.UploadAsync(campaign.Id, new ByteArrayContent([1, 2, 3]), "film.mp4") : await visitor.Http.PostAsync($"api/campaigns/{campaign.Id}/creatives?name=f", null);
        Assert.Equal(may ? HttpStatusCode.UnprocessableEntity : viewer.CanChange ? HttpStatusCode.NotFound : HttpStatusCode.Forbidden, upload.StatusCode);
        Assert.Equal(may, await book.DeleteAsync(viewer, campaign.Id, campaign.StartsOn));
    }

    [Theory]
    [InlineData(RolesFixture.Analyst)]
    [InlineData(RolesFixture.MediaAnalyst)]
    public async Task Analyst_AnythingThatChanges_IsRefusedInTheTransaction(string email)
    {
        var (campaign, _) = await FilledAsync(CampaignState.Submitted);
        var viewer = await app.ViewerAsync(email);
        var book = app.Services.GetRequiredService<CampaignService>();
        var (registry, consents) = (app.Services.GetRequiredService<ScreenRegistry>(), app.Services.GetRequiredService<SiteConsents>());
        var site = await registry.RegisterSiteAsync($"Site {Guid.NewGuid():N}", "", "Asia/Seoul", "Notice");
        var (screen, token) = await registry.RegisterAsync(site.Id, "A", InferenceMode.Server);
        Assert.Null(await book.StepAsync(viewer, campaign.Id, CampaignAction.Approve));
        Assert.Null(await book.StepAsync(viewer, campaign.Id, CampaignAction.Revise));
        Func<Task>[] changes =
        [
            () => book.CreateAsync(viewer, CampaignDraft.Of(campaign), campaign.StartsOn),
            () => registry.RegisterSiteAsync("Theirs", "", "Asia/Seoul", "Notice", by: viewer),
            () => registry.RegisterAsync(site.Id, "B", InferenceMode.Server, viewer),
            () => registry.RevokeAsync(screen.Id, viewer),
            () => registry.RenewTokenAsync(screen.Id, viewer),
            () => registry.SetModeAsync(screen.Id, InferenceMode.Device, viewer),
            () => consents.RecordAsync(site.Id, "Resolution", viewer),
            () => consents.SetNoticeAsync(site.Id, "Other", viewer),
        ];
        foreach (var change in changes) await Assert.ThrowsAsync<UnauthorizedAccessException>(change);
        Assert.NotNull(app.Services.GetRequiredService<ScreenDirectory>().FindByToken(token));
        Assert.Equal(CampaignState.Submitted, (await book.FindAsync(await app.ViewerAsync(PeopleFixture.Admin), campaign.Id))!.State);
    }

    // Where reading and writing are for different callers, the rule names the method.
    private static Rule? RuleOf(string method, string pattern) => Rules.GetValueOrDefault($"{method} {pattern}") ?? Rules.GetValueOrDefault(pattern);

    private static string? Problem(Caller caller, string method, Rule rule, HttpResponseMessage answer)
    {
        var location = answer.Headers.Location?.OriginalString ?? "";
        var turnedAway = answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
            || location.Contains("/account/login?returnUrl", StringComparison.OrdinalIgnoreCase) || location.Contains("/account/denied", StringComparison.Ordinal);
        if ((rule.Open & caller) == 0) return turnedAway ? null : "is let in";
        if (turnedAway) return "is turned away";
        if ((int)answer.StatusCode >= 500) return "breaks";
        // A form or a report without sense is refused later than a caller without right; only what is read can be missing.
        if (method == "GET" && (rule.Exists & caller) == 0 && answer.StatusCode != HttpStatusCode.NotFound) return "exists";
        return method == "GET" && (rule.Exists & caller) != 0 && answer.StatusCode == HttpStatusCode.NotFound ? "does not exist" : null;
    }

    private IEnumerable<(string Method, string Pattern)> Routes() =>
        app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<StaticAssetDescriptor>() is null)
            .SelectMany(e => (e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET", "POST"]).Select(m => (m, "/" + e.RoutePattern.RawText!.Trim('/'))))
            .Where(r => r.m is not "HEAD" and not "OPTIONS").Distinct();

    private async Task<HttpClient> ClientAsync(Caller caller)
    {
        if (caller is Caller.Anonymous) return app.NewClient();
        if (caller is Caller.Screen or Caller.Token)
        {
            var client = app.NewClient();
            var token = caller == Caller.Screen ? app.ScreenToken
                : (await app.Services.GetRequiredService<ApiTokenService>().MakeAsync(await app.ViewerAsync(RolesFixture.Owner), "Matrix", [.. ApiScopes.Of(OrganisationKind.Advertiser)], 30)).Secret;
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
            return client;
        }
        var visitor = await app.SignInAsync(caller switch
        {
            Caller.OtherAnalyst => RolesFixture.OtherAnalyst,
            Caller.OtherMember => RolesFixture.OtherMember,
            Caller.OtherOwner => RolesFixture.OtherOwner,
            Caller.Analyst => RolesFixture.Analyst,
            Caller.Member => RolesFixture.Member,
            Caller.Owner => RolesFixture.Owner,
            Caller.MediaAnalyst => RolesFixture.MediaAnalyst,
            _ => PeopleFixture.Admin,
        });
        return visitor.Http;
    }

    private async Task<(Campaign Campaign, string Film)> FilledAsync(CampaignState state = CampaignState.Draft)
    {
        var campaign = await app.AddCampaignAsync(app.First);
        var path = Path.Combine(app.Folder, "matrix.mp4");
        if (!File.Exists(path)) await TestClips.MakeAsync(path, "testsrc=s=320x180:r=10:d=2");
        var film = (await app.Services.GetRequiredService<CreativeIntake>().ImportAsync(path, app.First.Id, campaign.Id, "Film")).Creative!.Sha256;
        await using var db = app.NewContext();
        db.Attach(campaign);
        (campaign.Name, campaign.State) = ($"{Needle} {Guid.NewGuid():N}", state);
        await db.SaveChangesAsync();
        return (campaign, film);
    }
}
