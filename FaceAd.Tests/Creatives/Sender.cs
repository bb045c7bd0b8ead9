using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using FaceAd.Tests.Support;

namespace FaceAd.Tests.Creatives;

/// <summary>A client of the upload protocol.</summary>
sealed class Sender(Visitor visitor, string token, Uri address) : IDisposable
{
    public static async Task<Sender> SignInAsync(PeopleFixture app, string who)
    {
        var visitor = await app.SignInAsync(who);
        return new Sender(visitor, await visitor.TokenAsync("campaigns"), app.Address);
    }

    public static Guid IdOf(string upload) => Guid.Parse(upload.Split('/')[^1]);

    public async Task<string> BeginAsync(Guid campaign, long bytes, string name)
    {
        using var answer = await TryBeginAsync(campaign, bytes, name);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return answer.Headers.Location!.OriginalString;
    }

    public Task<HttpResponseMessage> TryBeginAsync(Guid campaign, long bytes, string name) => SendAsync(
        HttpMethod.Post, "/api/uploads", request =>
    {
        request.Headers.Add("Upload-Length", bytes.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("Upload-Metadata", $"campaign {Base64(campaign.ToString())},filename {Base64(name)}");
    });

    public Task<HttpResponseMessage> AppendAsync(
        string upload, long offset, byte[] piece, bool withToken = true, string type = "application/offset+octet-stream") =>
        SendAsync(HttpMethod.Patch, upload, request =>
        {
            request.Headers.Add("Upload-Offset", offset.ToString(CultureInfo.InvariantCulture));
            request.Content = new ByteArrayContent(piece) { Headers = { ContentType = new(type) } };
        }, withToken);

    public async Task EndAsync(string upload)
    {
        using var answer = await SendAsync(HttpMethod.Delete, upload);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    /// <summary>How far the upload is, once that is far enough: what left here may still be on its way.</summary>
    public async Task<long> StandsAsync(string upload, long atLeast)
    {
        for (var tries = 0; ; tries++)
        {
            using var answer = await SendAsync(HttpMethod.Head, upload);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            var stands = long.Parse(answer.Headers.GetValues("Upload-Offset").Single(), CultureInfo.InvariantCulture);
            if (stands >= atLeast || tries == 100) return stands;
        }
    }

    /// <summary>Announces a piece, sends the beginning of it, and cuts the connection.</summary>
    public async Task CutAsync(string upload, long offset, ReadOnlyMemory<byte> sent, long announced)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        var stream = client.GetStream();
        var cookies = visitor.Cookies;
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"PATCH {upload} HTTP/1.1\r\nHost: {address.Authority}\r\nTus-Resumable: 1.0.0\r\nX-CSRF-TOKEN: {token}\r\nCookie: {cookies}\r\n"
            + $"Upload-Offset: {offset}\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: {announced}\r\n\r\n"));
        await stream.WriteAsync(sent);
        client.Client.LingerState = new LingerOption(true, 5); // what was sent arrives, and then nothing more
    }

    public Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, Action<HttpRequestMessage>? set = null, bool withToken = true, string version = "1.0.0")
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Add("Tus-Resumable", version);
        if (withToken) request.Headers.Add("X-CSRF-TOKEN", token);
        set?.Invoke(request);
        return visitor.Http.SendAsync(request);
    }

    public void Dispose() => visitor.Dispose();

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
