using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using FaceAd.Bench;
using FaceAd.Tests.Support;
using FaceAd.Web.Api;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Api;

/// <summary>What a page can do, a program can do; what a program can do, OpenAPI describes.</summary>
public sealed partial class ApiCoverageTests(RolesFixture app) : IClassFixture<RolesFixture>
{
    private const string NoProgram = "Proves that a person is there: a program has a token instead.";

    // Each page with what one does there; each action is a route of the API. Or one line that says why there is none.
    private static readonly Dictionary<string, string[]> Pages = new()
    {
        ["/"] = ["GET campaigns/counts", "GET overview"],
        ["/campaigns"] = ["GET campaigns", "GET campaigns/counts", "POST campaigns/bulk", "POST campaigns/{id}/duplicate",
            "DELETE campaigns/{id}"],
        ["/campaigns/calendar"] = ["GET campaigns"],
        ["/campaigns/deleted"] = ["GET campaigns/deleted", "POST campaigns/{id}/restore"],
        ["/buildings"] = ["GET sites"],
        ["/buildings/{Id:guid}"] = ["GET sites/{id}", "A building's picture and place are shown to people."],
        ["/planner"] = ["POST forecast", "GET sites", "GET groups", "Saved plans are for people."],
        ["/campaigns/new"] = ["POST campaigns", "GET sites", "GET groups", "POST inventory", "POST forecast", "POST campaigns/{id}/creatives",
            "POST campaigns/{id}/steps"],
        ["/campaigns/{Id:guid}/edit"] = ["GET campaigns/{id}", "PUT campaigns/{id}", "PUT campaigns/{id}/creatives/{creative}/weight",
            "DELETE campaigns/{id}/creatives/{creative}"],
        ["/campaigns/{Id:guid}/request"] = ["GET campaigns/{id}", "POST campaigns/{id}/change-requests", "POST uploads"],
        ["/campaigns/{Id:guid}"] =
        [
            "GET campaigns/{id}", "GET campaigns/{id}/report", "GET campaigns/{id}/showing", "POST campaigns/{id}/steps",
            "GET campaigns/{id}/history", "GET campaigns/{id}/comments",
            "POST campaigns/{id}/comments", "GET campaigns/{id}/creatives", "GET campaigns/{id}/creatives/{creative}/video",
            "GET campaigns/{id}/creatives/{creative}/poster",
            "GET campaigns/{id}/uploads", "POST uploads", "HEAD uploads/{id}", "PATCH uploads/{id}", "GET uploads/{id}",
            "DELETE uploads/{id}", "POST uploads/{id}/retry",
            "GET campaigns/{id}/change-requests", "POST campaigns/{id}/change-requests/{request}/withdraw",
            "GET campaigns/{id}/experiments", "POST campaigns/{id}/experiments", "POST campaigns/{id}/experiments/{experiment}/stop",
        ],
        ["/campaigns/{Id:guid}/report"] = ["GET campaigns/{id}/report", "GET campaigns/{id}/links", "POST campaigns/{id}/links",
            "DELETE links/{id}"],
        ["/campaigns/{Id:guid}/proof"] = ["GET campaigns/{id}/proof"], // a file is checked by the command
        ["/r/{Token}"] = ["GET campaigns/{id}/report"],
        ["/help/metrics"] = ["GET campaigns/{id}/report"], // its table of definitions
        ["/notifications"] = ["GET notifications", "POST notifications/read"],
        ["/account/settings"] = ["GET notifications/mail", "PUT notifications/mail",
            "Sessions are those of browsers: a program has a token instead."],
        ["/organisation"] =
        [
            "GET organisation", "PUT organisation", "GET members", "PUT members/{id}/role", "DELETE members/{id}", "GET invitations",
            "POST invitations", "DELETE invitations/{id}",
        ],
        ["/organisation/tokens"] = ["GET tokens", "DELETE tokens/{id}"], // no token creates tokens: only a person grants scopes
        ["/organisation/webhooks"] = ["GET webhooks", "POST webhooks"],
        ["/organisation/webhooks/{Id:guid}"] =
        [
            "GET webhooks/{id}", "POST webhooks/{id}/test", "PUT webhooks/{id}/paused", "POST webhooks/{id}/secret",
            "DELETE webhooks/{id}", "GET webhooks/{id}/deliveries",
            "POST webhooks/{id}/deliveries/{delivery}/again",
        ],
        ["/admin"] = ["GET overview", "GET approvals"],
        ["/admin/overview"] = ["GET overview"],
        ["/admin/screens"] =
        [
            "GET sites", "GET sites/{id}", "POST sites", "PUT sites/{id}", "PUT sites/{id}/consent", "DELETE sites/{id}/consent",
            "PUT sites/{id}/measurement", "PUT sites/{id}/notice",
            "POST sites/{id}/erasure", "GET screens", "GET screens/{id}", "POST screens", "PUT screens/{id}", "POST screens/{id}/token",
            "DELETE screens/{id}/token",
        ],
        ["/admin/buildings"] = ["GET sites", "PUT sites/{id}/consent", "DELETE sites/{id}/consent", "PUT sites/{id}/measurement"],
        ["/admin/groups"] = ["GET groups", "GET groups/{id}", "POST groups", "PUT groups/{id}", "DELETE groups/{id}"],
        ["/admin/approvals"] =
        [
            "GET approvals", "POST approvals/campaigns/{id}/approve", "POST approvals/campaigns/{id}/reject",
            "POST approvals/creatives/{id}/approve", "POST approvals/creatives/{id}/reject",
            "POST campaigns/{id}/comments", "GET campaigns/{id}/change-requests/{request}",
            "POST campaigns/{id}/change-requests/{request}/accept", "POST campaigns/{id}/change-requests/{request}/decline",
        ],
        ["/admin/house"] = ["GET house", "POST house", "DELETE house/{id}", "POST house/{id}/restore"],
        ["/admin/audience"] = ["GET audience"],
        ["/admin/privacy"] = ["GET privacy"],
        ["/admin/audit"] = ["GET audit"],
        ["/admin/live"] = ["GET screens/{id}", "GET campaigns/{id}/showing"], // what it shows lasts for seconds
        ["/account/settings/two-factor"] = [NoProgram],
        ["/account/login"] = [NoProgram],
        ["/account/two-factor"] = [NoProgram],
        ["/account/sign-up"] = [NoProgram],
        ["/account/sent"] = [NoProgram],
        ["/account/confirm"] = [NoProgram],
        ["/account/confirm/again"] = [NoProgram],
        ["/account/forgot"] = [NoProgram],
        ["/account/reset"] = [NoProgram],
        ["/account/email"] = [NoProgram],
        ["/account/invitation"] = [NoProgram],
        ["/account/unsubscribe"] = [NoProgram],
        ["/account/report-mail"] = [NoProgram],
        ["/account/mailbox"] = ["While developing only."],
        ["/account/denied"] = ["Nothing is done there."],
        ["/error"] = ["Nothing is done there."],
        ["/not-found"] = ["Nothing is done there."],
    };

    [Fact]
    public async Task Pages_EachAction_HasARouteOfTheApi()
    {
        var pages = app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<ComponentTypeMetadata>() is not null).Select(e => "/" + e.RoutePattern.RawText!.Trim('/'))
            .Distinct().ToList();
        Assert.Empty(pages.Except(Pages.Keys)); // a page that nobody has thought of
        Assert.Empty(Pages.Keys.Except(pages));
        var known = (await OperationsAsync()).Keys.ToHashSet();
        Assert.Empty(Pages.Values.SelectMany(actions => actions).Where(a => char.IsUpper(a[1])).Select(Full).Except(known));
        string Full(string action) => action.Replace(" ", " /api/v1/", StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenApi_EveryRoute_IsDescribedWithSummaryErrorsAndScope()
    {
        var routes = app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText?.TrimStart('/').StartsWith("api/v1/", StringComparison.Ordinal) == true)
            .SelectMany(e => (e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [])
                .Select(m => $"{m} /{Constraint().Replace(e.RoutePattern.RawText!, "}").Trim('/')}")).Distinct().Order().ToList();
        Assert.True(routes.Count > 80, "The routes of the API were not found.");
        var operations = await OperationsAsync();
        Assert.Equal(routes, operations.Keys.Order());
        Assert.All(operations, o =>
        {
            Assert.False(string.IsNullOrWhiteSpace(o.Value.GetProperty("summary").GetString()), o.Key);
            Assert.Matches("Scope: [a-z]+:(read|write)|Any token", o.Value.GetProperty("description").GetString());
            if (o.Key == "GET /api/v1/me") return;
            var responses = o.Value.GetProperty("responses").EnumerateObject().ToDictionary(r => r.Name, r => r.Value);
            foreach (var status in new[] { "400", "401", "403", "429", "503" })
                Assert.True(responses.ContainsKey(status) && responses[status].GetProperty("content")
                    .TryGetProperty("application/problem+json", out _), $"{o.Key} {status}");
            if (o.Key.Contains("{id}", StringComparison.Ordinal) && !o.Key.Contains("restore", StringComparison.Ordinal))
                Assert.True(responses.ContainsKey("404"), o.Key);
        });
    }

    [Fact]
    public void Problems_EveryCode_HasWordsInBothLanguages()
    {
        var named = Directory.EnumerateFiles(Path.Combine(Repository.Root, "FaceAd.Web", "Api"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(f => Code().Matches(File.ReadAllText(f)).Select(m => m.Groups[1].Value))
            .Concat(["BadRequest", "NoRoute", "NoMethod", "TooLarge", "NotJson", "TooMany", "Trouble", "Unavailable", "NoToken"])
            .Distinct().ToList();
        Assert.True(named.Count > 30, "The codes were not found.");
        var culture = CultureInfo.CurrentUICulture;
        try
        {
            foreach (var language in new[] { "en", "ko" })
            {
                CultureInfo.CurrentUICulture = new CultureInfo(language);
                Assert.All(named, code =>
                {
                    var text = ApiProblem.Text("Api." + code);
                    Assert.NotEqual("Api." + code, text);
                    Assert.Equal(language == "ko", text.Any(c => c is >= '가' and <= '힣'));
                });
            }
        }
        finally
        {
            CultureInfo.CurrentUICulture = culture;
        }
    }

    private async Task<Dictionary<string, JsonElement>> OperationsAsync()
    {
        using var anybody = app.NewClient();
        var document = await anybody.GetFromJsonAsync<JsonElement>("api/v1/openapi.json");
        return document.GetProperty("paths").EnumerateObject()
            .SelectMany(p =>
                p.Value.EnumerateObject().Where(o => o.Name is "get" or "put" or "post" or "delete" or "patch" or "head" or "options")
                    .Select(o => ($"{o.Name.ToUpperInvariant()} {p.Name}", o.Value)))
            .ToDictionary(o => o.Item1, o => o.Value);
    }

    [GeneratedRegex(@":[a-z]+\}")]
    private static partial Regex Constraint();

    [GeneratedRegex("""ApiProblem\.Of\(\d{3}, "(\w+)"[,)]""")]
    private static partial Regex Code();
}
