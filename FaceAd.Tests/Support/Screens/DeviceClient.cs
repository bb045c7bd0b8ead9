using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using FaceAd.Bench;
using FaceAd.Core;
using FaceAd.Web.Screens;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Support.Screens;

/// <summary>Calls the server as a screen does.</summary>
public sealed class DeviceClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly AppFixture? _app;
    private readonly string? _token;

    /// <summary>Makes a client.</summary>
    /// <param name="app">The server.</param>
    /// <param name="token">The screen's token; null to present none.</param>
    /// <param name="player">The player that it is; null for one without a name.</param>
    public DeviceClient(AppFixture app, string? token, Guid? player = null)
        : this(app.NewClient(), token)
    {
        (_app, _token) = (app, token);
        if (player is { } name) _http.DefaultRequestHeaders.Add(Routes.PlayerHeader, name.ToString());
    }

    /// <summary>Makes a client.</summary>
    /// <param name="server">Address of the server.</param>
    /// <param name="token">The screen's token.</param>
    public DeviceClient(Uri server, string token)
        : this(new HttpClient { BaseAddress = server }, token)
    {
    }

    private DeviceClient(HttpClient http, string? token)
    {
        _http = http;
        if (token is not null) _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>Sends a frame.</summary>
    public Task<HttpResponseMessage> SendFrameAsync(
        byte[] body, string type = "image/jpeg", string? capturedAt = null, bool emptied = false)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        var request = new HttpRequestMessage(HttpMethod.Post, Routes.Frames) { Content = content };
        request.Headers.Add(Routes.CapturedAtHeader, capturedAt ?? TimeProvider.System.GetUtcNow().ToString("O"));
        if (emptied) request.Headers.Add(Routes.CabinEmptiedHeader, "true");
        return _http.SendAsync(request);
    }

    /// <summary>Sends anything as JSON.</summary>
    public async Task<HttpResponseMessage> SendAsync<T>(string route, T body)
    {
        var content = JsonContent.Create(body);
        await content.LoadIntoBufferAsync();
        return await _http.PostAsync(route, content);
    }

    /// <summary>The keys of the players of all tests' screens.</summary>
    internal static PlayerKeys Keys { get; } = new();

    /// <summary>Sends play reports, signed by the screen's player unless they are signed.</summary>
    public Task<HttpResponseMessage> SendPlaysAsync(params PlayReport[] plays) => SendAsync(
        Routes.Plays, Keys.Sign(_app!.Services.GetRequiredService<ScreenDirectory>().FindByToken(_token!)!.Id, plays));

    /// <summary>Sends an audience report until it is committed, as a player does: after a 503 or a 429, again.</summary>
    public Task UntilCommittedAsync(AudienceReport report) => Wait.UntilAsync(
        async () =>
        {
            using var answer = await SendAsync(Routes.Audiences, report);
            Assert.True(
                answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests,
                answer.StatusCode.ToString());
            return answer.StatusCode == HttpStatusCode.OK;
        }, "the report is committed");

    /// <summary>Sends a text as JSON.</summary>
    public Task<HttpResponseMessage> SendTextAsync(string route, string body) =>
        _http.PostAsync(route, new StringContent(body, System.Text.Encoding.UTF8, "application/json"));

    /// <summary>Sends bytes with a content type, which may be none.</summary>
    public async Task<HttpResponseMessage> SendAsTypeAsync(string route, string type, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        return await _http.PostAsync(route, content);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
