using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Accounts.Tokens;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Api;

/// <summary>A program with a token.</summary>
internal sealed class ApiCaller : IDisposable
{
    private readonly HttpClient _http;

    private ApiCaller(HttpClient http) => _http = http;

    /// <summary>Creates a token for a user, and a program that carries it.</summary>
    /// <param name="app">The app.</param>
    /// <param name="email">Who makes the token.</param>
    /// <param name="scopes">What it may do; all that there is when nothing is said.</param>
    public static async Task<ApiCaller> OfAsync(RolesFixture app, string email, params string[] scopes) =>
        await OfAsync(app, await app.ViewerAsync(email), scopes);

    /// <summary>Creates a token for a user, and a program that carries it.</summary>
    /// <param name="app">The app.</param>
    /// <param name="viewer">Who makes the token.</param>
    /// <param name="scopes">What it may do; all that there is when nothing is said.</param>
    public static async Task<ApiCaller> OfAsync(AppFixture app, Viewer viewer, params string[] scopes)
    {
        if (scopes.Length == 0) scopes = [.. ApiScopes.Of(viewer.IsMediaOwner ? OrganisationKind.MediaOwner : OrganisationKind.Advertiser)];
        var (secret, problem) = await app.Services.GetRequiredService<ApiTokenService>().MakeAsync(viewer, "Test", scopes, 30);
        Assert.Null(problem);
        var http = app.NewClient();
        http.BaseAddress = new Uri(app.Address, "api/v1/");
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        return new ApiCaller(http);
    }

    /// <summary>Sends requests; relative to <c>/api/v1/</c>.</summary>
    public HttpClient Http => _http;

    public Task<JsonElement> GetAsync(string path) => SendAsync(HttpMethod.Get, path, HttpStatusCode.OK);

    public Task<JsonElement> PostAsync(string path, object body, HttpStatusCode expected = HttpStatusCode.Created, string? key = null) =>
        SendAsync(HttpMethod.Post, path, expected, body, key);

    public Task<JsonElement> PutAsync(string path, object body, HttpStatusCode expected = HttpStatusCode.OK) =>
        SendAsync(HttpMethod.Put, path, expected, body);

    public Task<JsonElement> DeleteAsync(string path, HttpStatusCode expected = HttpStatusCode.NoContent) =>
        SendAsync(HttpMethod.Delete, path, expected);

    /// <summary>Expects a refusal that is a problem.</summary>
    /// <returns>Its code.</returns>
    public async Task<string?> RefusedAsync(HttpStatusCode status, HttpMethod method, string path, object? body = null, string? key = null)
    {
        var problem = await SendAsync(method, path, status, body, key, "application/problem+json");
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        Assert.False(string.IsNullOrWhiteSpace(problem.GetProperty("detail").GetString()));
        return problem.GetProperty("code").GetString();
    }

    public void Dispose() => _http.Dispose();

    private async Task<JsonElement> SendAsync(
        HttpMethod method, string path, HttpStatusCode expected, object? body = null, string? key = null, string type = "application/json")
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = body as HttpContent ?? JsonContent.Create(body);
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        using var answer = await _http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == expected, $"{method} {path}: {(int)answer.StatusCode} instead of {(int)expected}: {text}");
        if (text.Length == 0) return default;
        Assert.Equal(type, answer.Content.Headers.ContentType?.MediaType);
        return JsonDocument.Parse(text).RootElement.Clone();
    }
}
