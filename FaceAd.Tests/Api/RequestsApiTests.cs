using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using FaceAd.Tests.Support;

namespace FaceAd.Tests.Api;

/// <summary>What a program gets wrong, or does twice, and how it is told.</summary>
public sealed class RequestsApiTests(RolesFixture app) : IClassFixture<RolesFixture>
{
    private static object Terms(string name, int budget = 1_000_000) => new
    {
        name,
        startsOn = "2031-01-01",
        endsOn = "2031-01-10",
        targets = new[] { "silver" },
        budgetKrw = budget,
    };

    [Fact]
    public async Task Create_SameKeyWithAnotherBody_IsRefusedAndNothingIsLost()
    {
        using var api = await ApiCaller.OfAsync(app, RolesFixture.Owner);
        var first = await api.PostAsync("campaigns", Terms("First"), key: "order-1");
        var again = await api.PostAsync("campaigns", Terms("First"), HttpStatusCode.OK, key: "order-1");
        Assert.Equal(first.GetProperty("id").GetGuid(), again.GetProperty("id").GetGuid());
        Assert.Equal(
            "KeyReused",
            await api.RefusedAsync(HttpStatusCode.UnprocessableEntity, HttpMethod.Post, "campaigns", Terms("Second"), "order-1"));
        await api.PostAsync("campaigns", Terms("Second"), key: "order-2");
    }

    [Fact]
    public async Task Create_RefusedFirst_MayBeSentCorrectedWithItsKey()
    {
        using var api = await ApiCaller.OfAsync(app, RolesFixture.Owner);
        await api.RefusedAsync(HttpStatusCode.UnprocessableEntity, HttpMethod.Post, "campaigns", Terms("Too cheap", -1), "order-3");
        await api.PostAsync("campaigns", Terms("Corrected"), key: "order-3");
    }

    [Fact]
    public async Task Create_TwoBodiesAtOnceWithOneKey_OneIsMadeAndTheOtherIsTold()
    {
        using var api = await ApiCaller.OfAsync(app, RolesFixture.Owner);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "campaigns");
            request.Content = JsonContent.Create(Terms($"At once {i % 2}"));
            request.Headers.Add("Idempotency-Key", "order-4");
            using var answer = await api.Http.SendAsync(request);
            var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
            return (answer.StatusCode, Sent: i % 2, Made: body.TryGetProperty("name", out var name) ? name.GetString() : null);
        }));
        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.Created);
        Assert.All(answers, a => Assert.True(
            a.StatusCode == HttpStatusCode.UnprocessableEntity || a.Made == $"At once {a.Sent}", $"{a.StatusCode} {a.Made}"));
    }

    [Theory]
    [InlineData("""{ "name": "x", "startOn": "2031-01-01" }""", "$.startOn")]
    [InlineData("""{ "name": "x", "budgetKrw": "much" }""", "$.budgetKrw")]
    [InlineData("""{ "name": "x", "flights": [{ "startsOn": "2031-01-01", "endOn": "2031-01-02" }] }""", "$.flights[0].endOn")]
    [InlineData("""{ "nam": "x", "delivery": { "gaol": 7, "caps": [{ "mots": 1 }] } }""", "$.nam, $.delivery.gaol, $.delivery.caps[0].mots")]
    [InlineData("""{ "name": "x", "delivery": { "goal": "many" } }""", "$.delivery.goal")]
    [InlineData("{", "$")]
    public async Task Body_DoesNotMatchTheDescription_IsToldWhere(string body, string place)
    {
        using var api = await ApiCaller.OfAsync(app, RolesFixture.Owner);
        using var content = new StringContent(body, new MediaTypeHeaderValue("application/json"));
        using var answer = await api.Http.PostAsync("campaigns", content);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("Body", problem.GetProperty("code").GetString());
        Assert.Contains($"at {place}", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_NameThatIsNoUtf8_IsRefused()
    {
        using var api = await ApiCaller.OfAsync(app, RolesFixture.Owner);
        using var content = new ByteArrayContent([.. "{ \"na"u8, 0xFE, .. "me\": 1, \"name\": 2 }"u8]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var answer = await api.Http.PostAsync("campaigns", content);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("Body", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("campaigns?serch=tea", "serch")]
    [InlineData("campaigns?search=tea&limits=3", "limits")]
    [InlineData("campaigns?serch=tea&limits=3&phase=draft", "serch, limits.")]
    [InlineData("campaigns/counts?x=", "x")]
    public async Task Query_WordThatIsNotKnown_IsNamed(string path, string word)
    {
        using var api = await ApiCaller.OfAsync(app, RolesFixture.Owner);
        using var answer = await api.Http.GetAsync(path);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("Query", problem.GetProperty("code").GetString());
        Assert.Contains(word, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Change_IfMatch_ChangesThatVersionOnly()
    {
        using var api = await ApiCaller.OfAsync(app, RolesFixture.Owner);
        var id = (await api.PostAsync("campaigns", Terms("Tagged"))).GetProperty("id").GetGuid();
        using var read = await api.Http.GetAsync($"campaigns/{id}");
        var tag = read.Headers.ETag!;
        using var changed = await PutAsync("Tagged anew", tag.Tag);
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.NotEqual(tag, changed.Headers.ETag);
        using var late = await PutAsync("Too late", tag.Tag);
        Assert.Equal(HttpStatusCode.PreconditionFailed, late.StatusCode);
        using var any = await PutAsync("Whatever it is", "*");
        Assert.Equal(HttpStatusCode.OK, any.StatusCode);
        using var bad = await PutAsync("No version", "\"seven\"");
        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
        Assert.Equal("Whatever it is", (await api.GetAsync($"campaigns/{id}")).GetProperty("name").GetString());

        async Task<HttpResponseMessage> PutAsync(string name, string match)
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, $"campaigns/{id}") { Content = JsonContent.Create(Terms(name)) };
            request.Headers.TryAddWithoutValidation("If-Match", match);
            return await api.Http.SendAsync(request);
        }
    }
}
