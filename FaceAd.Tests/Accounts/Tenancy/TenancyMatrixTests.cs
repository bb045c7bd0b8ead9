using System.Net;
using System.Net.Http.Headers;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Accounts.Tokens;
using FaceAd.Web.Creatives.Uploads;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Accounts.Tenancy;

/// <summary>
/// Every route of the app against every kind of caller. The routes come from the
/// app itself: one that <see cref="RouteRules"/> does not name
/// fails the test, so no route is added without saying for whom it is.
/// </summary>
public sealed class TenancyMatrixTests(TenancyFixture app) : IClassFixture<TenancyFixture>
{
    [Fact]
    public async Task Routes_EveryCaller_GetsWhatIsTheirsAndNothingElse()
    {
        var (campaign, video) = await app.FilledAsync();
        var routes = Routes().OrderBy(r => r.Method == "DELETE").ToList(); // what is deleted is not asked for afterwards
        Assert.True(routes.Count > 40, "The routes of the app were not found.");
        List<string> wrong = [.. routes.Where(r => RouteRules.Of(r.Method, r.Pattern) is null)
            .Select(r => $"{r.Method} {r.Pattern}: nobody said for whom it is"),
            .. RouteRules.Without(routes.SelectMany(r => new[] { r.Pattern, $"{r.Method} {r.Pattern}" }))
            .Select(p => $"{p}: there is no such route")];
        var (upload, _) = await app.Services.GetRequiredService<CreativeUploads>()
            .BeginAsync(new Viewer(campaign.OrganisationId, false), new UploadPlan(campaign.Id, TenancyFixture.Needle, 1000));
        foreach (var caller in Enum.GetValues<Caller>().Where(c => c is not (Caller.None or Caller.Everybody)))
        {
            using var client = await ClientAsync(caller);
            foreach (var (method, pattern) in routes.Where(r => RouteRules.Of(r.Method, r.Pattern) is not null))
            {
                var path = pattern.Replace(
                    "{id:guid}",
                    (pattern.StartsWith("/api/uploads", StringComparison.Ordinal)
                        || pattern.StartsWith("/api/v1/uploads", StringComparison.Ordinal) ? upload!.Id : campaign.Id)
                            .ToString(), StringComparison.OrdinalIgnoreCase)
                    .Replace("{creative:guid}", campaign.Id.ToString(), StringComparison.Ordinal)
                    .Replace("{request:guid}", campaign.Id.ToString(), StringComparison.Ordinal)
                    .Replace("{delivery:guid}", campaign.Id.ToString(), StringComparison.Ordinal)
                    .Replace("{experiment:guid}", campaign.Id.ToString(), StringComparison.Ordinal)
                    .Replace("{sha256}", video, StringComparison.Ordinal).Replace("{table}", "figures", StringComparison.Ordinal)
                    .Replace("{Token}", new string('a', 32), StringComparison.Ordinal)
                    .Replace("{**path:file}", "nothing.txt", StringComparison.Ordinal);
                using var answer = await SendAsync(client, method, path);
                var rule = RouteRules.Of(method, pattern)!;
                var problem = Problem(caller, method, rule, answer);
                var readable = answer.Content.Headers.ContentType?.MediaType is "text/html" or "text/csv" or "application/json"
                    or "application/problem+json" or "application/x-ndjson" or "text/plain";
                if (readable && (await answer.Content.ReadAsStringAsync()).Contains(TenancyFixture.Needle, StringComparison.Ordinal)
                    && (rule.Reads & caller) == 0) problem = "reads another's campaign";
                if (problem is not null)
                    wrong.Add($"{caller} {method} {path}: {problem} ({(int)answer.StatusCode} {answer.Headers.Location})");
                if (pattern == "/account/logout" && method == "POST" && answer.StatusCode == HttpStatusCode.Redirect)
                    throw new InvalidOperationException("A sign-out needs a token.");
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
        var (campaign, video) = await app.FilledAsync();
        foreach (var caller in new[] { Caller.Analyst, Caller.Member, Caller.Owner, Caller.MediaAnalyst, Caller.Admin })
        {
            using var client = await ClientAsync(caller);
            Assert.Contains(TenancyFixture.Needle, await client.GetStringAsync($"campaigns/{campaign.Id}"), StringComparison.Ordinal);
            Assert.Contains(TenancyFixture.Needle, await client.GetStringAsync("campaigns"), StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync($"media/{video}.mp4")).StatusCode);
        }
    }

    private static string? Problem(Caller caller, string method, RouteRule rule, HttpResponseMessage answer)
    {
        var location = answer.Headers.Location?.OriginalString ?? "";
        var turnedAway = answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
            || location.Contains("/account/login?returnUrl", StringComparison.OrdinalIgnoreCase)
            || location.Contains("/account/denied", StringComparison.Ordinal);
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
            .SelectMany(e => (e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET", "POST"])
                .Select(m => (m, "/" + e.RoutePattern.RawText!.Trim('/'))))
            .Where(r => r.m is not "HEAD" and not "OPTIONS").Distinct();

    private async Task<HttpClient> ClientAsync(Caller caller)
    {
        if (caller is Caller.Anonymous) return app.NewClient();
        if (caller is Caller.Screen or Caller.Token)
        {
            var client = app.NewClient();
            var token = caller == Caller.Screen ? app.ScreenToken
                : (await app.Services.GetRequiredService<ApiTokenService>()
                    .MakeAsync(await app.ViewerAsync(RolesFixture.Owner), "Matrix",
                        [.. ApiScopes.Of(OrganisationKind.Advertiser)], 30)).Secret;
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
}
