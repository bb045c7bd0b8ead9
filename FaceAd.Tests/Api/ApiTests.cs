using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Watch;
using FaceAd.Web.Accounts.Tokens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Api;

/// <summary>The REST API as programs use it.</summary>
public sealed class ApiTests(OneConnection app) : IClassFixture<OneConnection>
{
    [Fact]
    public async Task Campaign_FromDraftToApproved_ByTwoTokens()
    {
        using var advertiser = await ClientAsync(
            RolesFixture.Owner, ApiScopes.CampaignsRead, ApiScopes.CampaignsWrite, ApiScopes.ReportsRead);
        using var media = await ClientAsync(RolesFixture.Admin, ApiScopes.CampaignsRead, ApiScopes.CampaignsWrite);
        using var created = await advertiser.PostAsJsonAsync("api/v1/campaigns", Terms("Winter"));
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        var campaign = await created.Content.ReadFromJsonAsync<JsonElement>();
        var path = created.Headers.Location!.OriginalString.TrimStart('/');
        Assert.Equal("draft", campaign.GetProperty("phase").GetString());
        Assert.Equal(["silver"], campaign.GetProperty("targets").EnumerateArray().Select(t => t.GetString()));
        Assert.Equal(["mon", "sun"], campaign.GetProperty("days").EnumerateArray().Select(t => t.GetString()));
        Assert.Equal([7, 8], campaign.GetProperty("hours").EnumerateArray().Select(t => t.GetInt32()));

        await ExpectAsync(HttpStatusCode.Conflict, await advertiser.PostAsJsonAsync(path + "/steps", new { step = "pause" }));
        await ExpectAsync(HttpStatusCode.Forbidden, await advertiser.PostAsJsonAsync(path + "/steps", new { step = "approve" }));
        await ExpectAsync(HttpStatusCode.BadRequest, await advertiser.PostAsJsonAsync(path + "/steps", new { step = "7" }));
        // it has no creative
        await ExpectAsync(HttpStatusCode.Conflict, await advertiser.PostAsJsonAsync(path + "/steps", new { step = "submit" }));
        var changed = await advertiser.PutAsJsonAsync(path, Terms("Winter 2", version: campaign.GetProperty("version").GetInt32()));
        Assert.Equal("Winter 2", (await changed.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("name").GetString());
        await ExpectAsync(HttpStatusCode.Conflict,
            await advertiser.PutAsJsonAsync(path, Terms("Winter 3", version: campaign.GetProperty("version").GetInt32())));
        Assert.Equal(HttpStatusCode.OK, (await media.GetAsync(path)).StatusCode);
        Assert.False((await advertiser.GetFromJsonAsync<JsonElement>(path + "/showing")).GetProperty("showing").GetBoolean());

        var report = await advertiser.GetFromJsonAsync<JsonElement>(path + "/report?tables=figures,segments");
        Assert.Equal(["figures", "segments"], report.GetProperty("tables").EnumerateArray().Select(t => t.GetProperty("name").GetString()));
        Assert.Equal(0, report.GetProperty("tables")[0].GetProperty("rows").EnumerateArray()
            .Single(r => r.GetProperty("figure").GetString() == "impressions").GetProperty("value").GetDouble());
        await ExpectAsync(HttpStatusCode.BadRequest, await advertiser.GetAsync(path + "/report?tables=secrets"));
        await ExpectAsync(HttpStatusCode.BadRequest, await advertiser.GetAsync(path + "/report?from=yesterday"));

        Assert.Equal(HttpStatusCode.NoContent, (await advertiser.DeleteAsync(path)).StatusCode);
        await ExpectAsync(HttpStatusCode.NotFound, await advertiser.GetAsync(path));
    }

    [Fact]
    public async Task Create_SameIdempotencyKey_IsOneCampaignAlsoWhenSentAtOnce()
    {
        using var advertiser = await ClientAsync(RolesFixture.Owner, ApiScopes.CampaignsRead, ApiScopes.CampaignsWrite);
        using var other = await ClientAsync(RolesFixture.OtherOwner, ApiScopes.CampaignsRead, ApiScopes.CampaignsWrite);
        async Task<Guid> CreateAsync(HttpClient client)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/campaigns") { Content = JsonContent.Create(Terms("Once")) };
            request.Headers.Add("Idempotency-Key", "order-4711");
            using var answer = await client.SendAsync(request);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
            return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
        }
        var ids = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => CreateAsync(advertiser)));
        Assert.Single(ids.Distinct());
        Assert.NotEqual(ids[0], await CreateAsync(other)); // a key belongs to its organisation
        await using var db = app.NewContext();
        Assert.Equal(1, await db.Campaigns.CountAsync(c => c.Name == "Once" && c.OrganisationId == app.First.Id));
    }

    [Theory]
    [InlineData("utf-8", HttpStatusCode.Created)]
    [InlineData("\"UTF-8\"", HttpStatusCode.Created)]
    [InlineData("us-ascii", HttpStatusCode.Created)]
    [InlineData("utf8", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("ks_c_5601-1987", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("utf-16", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("\"", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("\"utf-8", HttpStatusCode.UnsupportedMediaType)]
    [InlineData(";;", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("utf-8;;", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("utf-8; charset=utf-16", HttpStatusCode.Created)] // the first counts
    public async Task Create_CharsetOfTheBody_IsUtf8OrRefused(string charset, HttpStatusCode expected)
    {
        using var advertiser = await ClientAsync(RolesFixture.Owner, ApiScopes.CampaignsWrite);
        using var body = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(Terms("Charset")));
        body.Headers.TryAddWithoutValidation("Content-Type", "application/json; charset=" + charset);
        using var answer = await advertiser.PostAsync("api/v1/campaigns", body);
        Assert.Equal(expected, answer.StatusCode);
        if (answer.IsSuccessStatusCode) return;
        Assert.Equal("NotJson", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
    }

    // As macOS sends it, in single letters and marks.
    [Fact]
    public async Task List_NameWrittenInPieces_IsFoundComposedAndAsItWasSent()
    {
        using var advertiser = await ClientAsync(RolesFixture.Owner, ApiScopes.CampaignsRead, ApiScopes.CampaignsWrite);
        var (composed, pieces) = ("\uACE0\uAE30 caf\u00E9", "\uACE0\uAE30 caf\u00E9".Normalize(NormalizationForm.FormD));
        (await advertiser.PostAsJsonAsync("api/v1/campaigns", Terms(pieces))).EnsureSuccessStatusCode();
        foreach (var search in new[] { composed, pieces })
        {
            var page = await advertiser.GetFromJsonAsync<JsonElement>("api/v1/campaigns?search=" + Uri.EscapeDataString(search));
            Assert.Equal(composed, Assert.Single(page.GetProperty("items").EnumerateArray()).GetProperty("name").GetString());
        }
    }

    [Fact]
    public async Task Create_NameAsLongAsPeopleSeeIt_IsTakenAndOneMoreCharacterIsNot()
    {
        using var advertiser = await ClientAsync(RolesFixture.Owner, ApiScopes.CampaignsRead, ApiScopes.CampaignsWrite);
        foreach (var character in new[] { "각".Normalize(NormalizationForm.FormD), "🇰🇷", "x" })
        {
            var name = string.Concat(Enumerable.Repeat(character, 120));
            using var taken = await advertiser.PostAsJsonAsync("api/v1/campaigns", Terms(name));
            Assert.Equal(HttpStatusCode.Created, taken.StatusCode);
            using var refused = await advertiser.PostAsJsonAsync("api/v1/campaigns", Terms(name + character));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        }
    }

    [Theory]
    [InlineData("\u200B\u200B")]
    [InlineData("\u3164")]
    [InlineData("\u2800 \u00AD")]
    public async Task Create_NameOfWhichNothingIsSeen_IsMissing(string name)
    {
        using var advertiser = await ClientAsync(RolesFixture.Owner, ApiScopes.CampaignsWrite);
        using var answer = await advertiser.PostAsJsonAsync("api/v1/campaigns", Terms(name));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
    }

    [Fact]
    public async Task List_PageByPage_GivesEachCampaignOnce()
    {
        using var advertiser = await ClientAsync(RolesFixture.Owner, ApiScopes.CampaignsRead, ApiScopes.CampaignsWrite);
        for (var i = 0; i < 5; i++) (await advertiser.PostAsJsonAsync("api/v1/campaigns", Terms($"Page {i}"))).EnsureSuccessStatusCode();
        List<Guid> seen = [];
        string? after = null;
        do
        {
            var page = await advertiser.GetFromJsonAsync<JsonElement>(
                "api/v1/campaigns?limit=2" + (after is null ? "" : $"&after={Uri.EscapeDataString(after)}"));
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(c => c.GetProperty("id").GetGuid()));
            after = page.GetProperty("next").GetString();
        }
        while (after is not null);
        Assert.Equal(seen.Count, seen.Distinct().Count());
        await using var db = app.NewContext();
        Assert.Equal(await db.Campaigns.CountAsync(c => c.OrganisationId == app.First.Id && c.DeletedAt == null), seen.Count);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"name":7}""")]
    [InlineData("""{"name":"A","startsOn":"never","endsOn":"2026-01-01"}""")]
    [InlineData("""{}""")]
    [InlineData("""{"name":"A","startsOn":"2030-01-01","endsOn":"2030-01-09","targets":["nobody"],"budgetKrw":1}""")]
    [InlineData("""{"name":"A","startsOn":"2030-01-01","endsOn":"2030-01-09","targets":["silver"],"days":["noday"],"budgetKrw":1}""")]
    [InlineData("""{"name":"A","startsOn":"2030-01-01","endsOn":"2030-01-09","targets":["silver"],"hours":[24],"budgetKrw":1}""")]
    [InlineData("""{"name":"A","startsOn":"2030-01-01","endsOn":"2030-01-09","targets":["silver"],"budgetKrw":-1}""")]
    [InlineData("""{"name":"A","startsOn":"2030-01-01","endsOn":"2030-01-09","targets":["silver"],"budgetKrw":1,"siteIds":["00000000-0000-0000-0000-000000000001"]}""")]
    [InlineData("""{"name":"A","startsOn":"2030-01-01","endsOn":"2030-01-09","targets":["silver"],"budgetKrw":1,"priceModel":"free"}""")]
    [InlineData("""{"name":"A","startsOn":"2030-01-01","endsOn":"2030-01-09","targets":[null],"budgetKrw":1}""")]
    public async Task Create_Nonsense_IsAProblemThatSaysWhy(string body)
    {
        using var advertiser = await ClientAsync(RolesFixture.Owner, ApiScopes.CampaignsWrite);
        using var answer = await advertiser.PostAsync("api/v1/campaigns", new StringContent(body, Encoding.UTF8, "application/json"));
        Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.BadRequest, HttpStatusCode.UnprocessableEntity });
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Everything_WithoutItsScopeOrOfAnother_IsRefused()
    {
        using var reader = await ClientAsync(RolesFixture.Owner, ApiScopes.CampaignsRead);
        await ExpectAsync(HttpStatusCode.Forbidden, await reader.PostAsJsonAsync("api/v1/campaigns", Terms("No")));
        await ExpectAsync(HttpStatusCode.Forbidden,
            await reader.PostAsJsonAsync("api/v1/webhooks", new { url = "https://example.com", events = new[] { "campaign.running" } }));
        await ExpectAsync(HttpStatusCode.Forbidden, await reader.GetAsync($"api/v1/campaigns/{Guid.NewGuid()}/report"));
        await ExpectAsync(HttpStatusCode.Forbidden, await reader.GetAsync("api/v1/screens"));

        using var owner = await ClientAsync(RolesFixture.Owner, ApiScopes.CampaignsRead, ApiScopes.CampaignsWrite, ApiScopes.ReportsRead);
        using var stranger = await ClientAsync(
            RolesFixture.OtherOwner, ApiScopes.CampaignsRead, ApiScopes.CampaignsWrite, ApiScopes.ReportsRead);
        var path = (await owner.PostAsJsonAsync("api/v1/campaigns", Terms("Mine"))).Headers.Location!.OriginalString.TrimStart('/');
        foreach (var answer in new[]
        {
            await stranger.GetAsync(path), await stranger.GetAsync(path + "/report"), await stranger.GetAsync(path + "/showing"),
                await stranger.DeleteAsync(path),
            await stranger.PutAsJsonAsync(path, Terms("Yours")), await stranger.PostAsJsonAsync(path + "/steps", new { step = "submit" }),
        }) await ExpectAsync(HttpStatusCode.NotFound, answer);
    }

    [Fact]
    public async Task OpenApi_DescribesEveryRouteOfTheApi()
    {
        using var anybody = app.NewClient();
        var document = await anybody.GetFromJsonAsync<JsonElement>("api/v1/openapi.json");
        var paths = document.GetProperty("paths").EnumerateObject().ToDictionary(p => p.Name, p => p.Value);
        foreach (var path in new[] { "/api/v1/campaigns", "/api/v1/campaigns/{id}", "/api/v1/campaigns/{id}/steps", "/api/v1/campaigns/{id}/report", "/api/v1/sites", "/api/v1/screens", "/api/v1/webhooks" })
            Assert.Contains(path, paths.Keys);
        Assert.DoesNotContain(paths.Keys, p => p.Contains("/screens/frames", StringComparison.Ordinal));
        Assert.All(paths.SelectMany(p => p.Value.EnumerateObject()), operation =>
            Assert.True(operation.Value.TryGetProperty("responses", out _)));
        Assert.Equal("bearer", document.GetProperty("components").GetProperty("securitySchemes").GetProperty("token").GetProperty("scheme")
            .GetString());
    }

    private static object Terms(string name, int? version = null) => new
    {
        name,
        startsOn = "2030-01-01",
        endsOn = "2030-01-31",
        targets = new[] { "silver" },
        days = new[] { "mon", "sun" },
        hours = new[] { 7, 8 },
        priceModel = "perThousand",
        budgetKrw = 1_000_000,
        pricePerThousandKrw = 12_000,
        version,
    };

    private async Task<HttpClient> ClientAsync(string email, params string[] scopes)
    {
        var (secret, problem) = await app.Services.GetRequiredService<ApiTokenService>()
            .MakeAsync(await app.ViewerAsync(email), "Test", scopes, 30);
        Assert.Null(problem);
        var client = app.NewClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        return client;
    }

    private static async Task ExpectAsync(HttpStatusCode status, HttpResponseMessage answer)
    {
        Assert.True(answer.StatusCode == status, $"{answer.RequestMessage?.Method} {answer.RequestMessage?.RequestUri}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        answer.Dispose();
    }
}
