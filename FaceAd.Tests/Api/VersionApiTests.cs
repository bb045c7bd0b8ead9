using System.Net;
using System.Net.Http.Json;
using FaceAd.Tests.Support;
using FaceAd.Web.Campaigns;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Tests.Api;

/// <summary>Changes for one version of a campaign: If-Match, and the ETag of what came of them.</summary>
public sealed class VersionApiTests(RolesFixture app) : IClassFixture<RolesFixture>
{
    private static readonly object Nothing = new { };

    [Theory]
    [InlineData("DELETE", "", null)]
    [InlineData("POST", "/steps", """{ "step": "pause" }""")]
    [InlineData("POST", "/duplicate", "{}")]
    public async Task Change_ForAnotherVersion_IsRefusedAndChangesNothing(string method, string path, string? body)
    {
        using var api = await ApiCaller.OfAsync(app, RolesFixture.Owner);
        var id = await AddAsync(method == "DELETE" ? CampaignState.Paused : CampaignState.Approved);
        var version = (await api.GetAsync($"campaigns/{id}")).GetProperty("version").GetInt32();
        using (var late = await SendAsync($"\"{version - 1}\"")) Assert.Equal(HttpStatusCode.PreconditionFailed, late.StatusCode);
        using (var bad = await SendAsync("\"seven\"")) Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
        using (var weak = await SendAsync($"W/\"{version}\"")) Assert.Equal(HttpStatusCode.BadRequest, weak.StatusCode);
        using (var half = await SendAsync($"\"{version}\", nonsense")) Assert.Equal(HttpStatusCode.BadRequest, half.StatusCode);
        Assert.Equal(version, (await api.GetAsync($"campaigns/{id}")).GetProperty("version").GetInt32());
        // One of several will do.
        using var right = await SendAsync($"\"{version - 1}\", \"{version}\"");
        Assert.True(right.IsSuccessStatusCode, await right.Content.ReadAsStringAsync());

        async Task<HttpResponseMessage> SendAsync(string match)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), $"campaigns/{id}{path}");
            if (body is not null) request.Content = new StringContent(body, null, "application/json");
            request.Headers.TryAddWithoutValidation("If-Match", match);
            return await api.Http.SendAsync(request);
        }
    }

    [Fact]
    public async Task Reject_ForAnotherVersion_IsRefused()
    {
        using var media = await ApiCaller.OfAsync(app, PeopleFixture.Admin);
        var id = await AddAsync(CampaignState.Submitted);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"approvals/campaigns/{id}/reject")
        {
            Content = JsonContent.Create(new { reason = "Too loud" }),
        };
        request.Headers.TryAddWithoutValidation("If-Match", "\"4711\"");
        using var answer = await media.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.PreconditionFailed, answer.StatusCode);
    }

    [Fact]
    public async Task Answers_WithACampaign_HaveItsVersionAsETag()
    {
        using var api = await ApiCaller.OfAsync(app, RolesFixture.Owner);
        var id = await AddAsync(CampaignState.Approved);
        await TaggedAsync(HttpMethod.Get, $"campaigns/{id}", null);
        await TaggedAsync(HttpMethod.Post, $"campaigns/{id}/steps", new { step = "pause" });
        await TaggedAsync(HttpMethod.Post, $"campaigns/{id}/duplicate", Nothing);
        await api.DeleteAsync($"campaigns/{id}");
        await TaggedAsync(HttpMethod.Post, $"campaigns/{id}/restore", Nothing);

        async Task TaggedAsync(HttpMethod method, string path, object? body)
        {
            using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
            using var answer = await api.Http.SendAsync(request);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
            var made = await answer.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>();
            Assert.Equal($"\"{made.GetProperty("version").GetInt32()}\"", answer.Headers.ETag?.Tag);
        }
    }

    [Fact]
    public async Task Duplicate_OneKeyForTwoCampaigns_CopiesBoth()
    {
        using var api = await ApiCaller.OfAsync(app, RolesFixture.Owner);
        var (one, two) = (await AddAsync(CampaignState.Draft), await AddAsync(CampaignState.Draft));
        var first = await api.PostAsync($"campaigns/{one}/duplicate", new { name = "Of one" }, key: "copies");
        var second = await api.PostAsync($"campaigns/{two}/duplicate", new { name = "Of two" }, key: "copies");
        Assert.Equal("Of two", second.GetProperty("name").GetString());
        Assert.NotEqual(first.GetProperty("id").GetGuid(), second.GetProperty("id").GetGuid());
        var again = await api.PostAsync($"campaigns/{one}/duplicate", new { name = "Of one" }, HttpStatusCode.OK, "copies");
        Assert.Equal(first.GetProperty("id").GetGuid(), again.GetProperty("id").GetGuid());
    }

    private async Task<Guid> AddAsync(CampaignState state)
    {
        var campaign = await app.AddCampaignAsync(app.First, state);
        await using var db = app.NewContext();
        await db.Campaigns.Where(c => c.Id == campaign.Id).ExecuteUpdateAsync(s => s.SetProperty(c => c.Version, 7));
        return campaign.Id;
    }
}
