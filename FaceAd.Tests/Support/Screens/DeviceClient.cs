using System.Net.Http.Headers;
using System.Net.Http.Json;
using FaceAd.Core;

namespace FaceAd.Tests.Support.Screens;

/// <summary>Calls the server as a screen does.</summary>
public sealed class DeviceClient : IDisposable
{
    private readonly HttpClient _http;

    /// <summary>Makes a client.</summary>
    /// <param name="app">The server.</param>
    /// <param name="token">The screen's token; null to present none.</param>
    public DeviceClient(AppFixture app, string? token)
    {
        _http = app.NewClient();
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

    /// <summary>Sends a text as JSON.</summary>
    public Task<HttpResponseMessage> SendTextAsync(string route, string body) =>
        _http.PostAsync(route, new StringContent(body, System.Text.Encoding.UTF8, "application/json"));

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
