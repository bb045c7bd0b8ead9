using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using FaceAd.Bench.Circuits;
using FaceAd.Core;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Accounts.Tokens;
using FaceAd.Web.Screens;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Bench.Fuzz;

/// <summary>The web app, with programs and screens that send it inputs. There are many: each alone would soon be asked to wait.</summary>
sealed class FuzzedWeb : IDisposable
{
    const int Programs = 40, Screens = 40, Cameras = 10;
    const int MostOfAConnection = 20;
    const int MostAsked = 16;
    const byte RecordSeparator = 0x1E;
    const string LastId = "\"invocationId\":\"last\"";
    const string Last = """{"type":1,"invocationId":"last","target":"Acknowledge","arguments":[0]}""";
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    static readonly TimeSpan Again = TimeSpan.FromMilliseconds(300);

    readonly HttpClient _http;
    readonly HostedWeb _web;
    readonly List<string> _programs = [];
    readonly List<string> _screens = [];
    readonly List<string> _cameras = [];
    ClientWebSocket? _hub;
    int _turn, _told;

    FuzzedWeb(HostedWeb web) =>
        (_web, _http) = (web, new HttpClient(new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.Latin1 })
        {
            BaseAddress = web.Address,
        });

    /// <summary>Makes an organisation with programs, and a building with screens.</summary>
    public static async Task<FuzzedWeb> MakeAsync(HostedWeb web)
    {
        var fuzzed = new FuzzedWeb(web);
        await using var scope = web.Services.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<AccountSetup>();
        await accounts.CreateOrganisationAsync("Owner", OrganisationKind.MediaOwner);
        var advertiser = await accounts.CreateOrganisationAsync("Advertiser", OrganisationKind.Advertiser);
        var user = await accounts.CreateUserAsync(advertiser, "fuzz@facead.example", LiveBuilding.Password, "Fuzz", Roles.Owner);
        var viewer = new Viewer(advertiser.Id, false) { UserId = user.Id, Name = "Fuzz", Manages = true };
        var tokens = web.Services.GetRequiredService<ApiTokenService>();
        for (var i = 0; i < Programs; i++)
        {
            var (secret, problem) = await tokens.MakeAsync(viewer, $"Program {i}", [.. ApiScopes.Of(OrganisationKind.Advertiser)], 30);
            fuzzed._programs.Add(secret ?? throw new InvalidOperationException($"No token: {problem}."));
        }
        var registry = web.Services.GetRequiredService<ScreenRegistry>();
        var site = await registry.RegisterSiteAsync("Building", "", "Asia/Seoul", Site.DefaultNotice, "Contract");
        for (var i = 0; i < Screens; i++)
            fuzzed._screens.Add((await registry.RegisterAsync(site.Id, $"Screen {i}", InferenceMode.Device)).Token);
        for (var i = 0; i < Cameras; i++)
            fuzzed._cameras.Add((await registry.RegisterAsync(site.Id, $"Camera {i}", InferenceMode.Server)).Token);
        return fuzzed;
    }

    /// <summary>Sends JSON as a program.</summary>
    public Task<string> AskAsync(string path, byte[] body, CancellationToken cancellation) =>
        SendAsync(_programs, "api/v1/" + path, "application/json", body, cancellation);

    /// <summary>Makes a campaign.</summary>
    public async Task<Guid> MakeCampaignAsync(string campaign, CancellationToken cancellation)
    {
        var body = Encoding.UTF8.GetBytes(campaign);
        using var answer = await SendAsync(_programs, () => Post("api/v1/campaigns", "application/json", body), cancellation);
        var text = await answer.Content.ReadAsStringAsync(cancellation);
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"No campaign: {text}");
        using var json = JsonDocument.Parse(text);
        return json.RootElement.GetProperty("id").GetGuid();
    }

    /// <summary>Asks a program's question: an address behind "api/v1/", whose odd bytes are escaped on the way.</summary>
    public async Task<string> QueryAsync(byte[] address, CancellationToken cancellation)
    {
        var escaped = string.Concat(address.Select(b =>
            char.IsAsciiLetterOrDigit((char)b) || "-_.~/?&=,:".Contains((char)b, StringComparison.Ordinal) ? $"{(char)b}" : $"%{b:X2}"));
        using var answer = await SendAsync(
            _programs, () => new HttpRequestMessage(HttpMethod.Get, new Uri("api/v1/" + escaped, UriKind.Relative)), cancellation);
        return StatusOf(answer, escaped);
    }

    /// <summary>Begins an upload with headers, one a line, and goes on with them when it has begun.</summary>
    public async Task<string> UploadAsync(byte[] headers, CancellationToken cancellation)
    {
        using var begun = await SendAsync(_programs, () => With(headers, Post("api/v1/uploads", null, [])), cancellation);
        var first = StatusOf(begun, "uploads");
        if (begun.Headers.Location is not { } place) return first;
        using var appended = await SendAsync(_programs, () =>
        {
            var request = With(headers, Post(place.ToString().TrimStart('/'), "application/offset+octet-stream", [1, 2, 3, 4]));
            request.Method = HttpMethod.Patch;
            return request;
        }, cancellation);
        return $"{first} {StatusOf(appended, "uploads")}";
    }

    /// <summary>Sends a frame as a screen whose frames the server analyses.</summary>
    public Task<string> ShowAsync(byte[] frame, CancellationToken cancellation) =>
        SendAsync(_cameras, Routes.Frames.TrimStart('/'), "image/jpeg", frame, cancellation);

    /// <summary>Sends a report or a frame as a screen.</summary>
    public Task<string> ReportAsync(string path, string type, byte[] body, CancellationToken cancellation) =>
        SendAsync(_screens, path.TrimStart('/'), type, body, cancellation);

    /// <summary>
    /// Sends a message to the hub, and waits for an answer, or for the end of the connection: "silent" when neither comes in five seconds,
    /// which harms nobody but the sender.
    /// </summary>
    public async Task<string> TellAsync(byte[] message, CancellationToken cancellation)
    {
        if (_told++ % MostOfAConnection == 0) // more are slowed down
        {
            _hub?.Dispose();
            _hub = null;
        }
        var hub = _hub ??= await ConnectAsync(cancellation);
        var buffer = new byte[16 * 1024];
        try
        {
            await SendAsync(hub, message, cancellation);
            // A good one is answered with a completion, a bad one ends the connection; a notification does neither.
            await SendAsync(hub, Encoding.UTF8.GetBytes(Last), cancellation);
            while (true)
            {
                var receiving = hub.ReceiveAsync(buffer.AsMemory(), cancellation).AsTask();
                // After a message of an unknown type SignalR looks at the next one when more comes.
                for (var asked = 0; await Task.WhenAny(receiving, Task.Delay(Again, cancellation)) != receiving; asked++)
                {
                    cancellation.ThrowIfCancellationRequested();
                    if (asked > MostAsked) return End("silent");
                    await SendAsync(hub, Encoding.UTF8.GetBytes("""{"type":6}"""), cancellation);
                }
                var got = await receiving;
                if (got.MessageType == WebSocketMessageType.Close) break;
                if (Encoding.UTF8.GetString(buffer, 0, got.Count).Contains(LastId, StringComparison.Ordinal)) return "taken";
            }
        }
        catch (WebSocketException)
        {
            // Ended.
        }
        return End("ended");

        string End(string how)
        {
            hub.Dispose();
            _hub = null;
            return how;
        }
    }

    /// <summary>Whether the app still answers and can do its work.</summary>
    public async Task<bool> IsWellAsync(CancellationToken cancellation)
    {
        using var answer = await _http.GetAsync(new Uri("readyz", UriKind.Relative), cancellation);
        return answer.StatusCode == HttpStatusCode.OK;
    }

    public void Dispose()
    {
        _hub?.Dispose();
        _http.Dispose();
    }

    async Task<ClientWebSocket> ConnectAsync(CancellationToken cancellation)
    {
        var hub = new ClientWebSocket();
        hub.Options.SetRequestHeader("Authorization", "Bearer " + _screens[_turn++ % _screens.Count]);
        var address = new UriBuilder(new Uri(_web.Address, Routes.Hub)) { Scheme = "ws" };
        for (; ; await Task.Delay(Pause, cancellation))
        {
            try
            {
                await hub.ConnectAsync(address.Uri, cancellation);
                break;
            }
            catch (WebSocketException) when (hub.HttpStatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable)
            {
                hub.Dispose();
                hub = new ClientWebSocket();
                hub.Options.SetRequestHeader("Authorization", "Bearer " + _screens[_turn++ % _screens.Count]);
            }
        }
        await SendAsync(hub, Encoding.UTF8.GetBytes("""{"protocol":"json","version":1}"""), cancellation);
        return hub;
    }

    static Task SendAsync(ClientWebSocket hub, byte[] message, CancellationToken cancellation) =>
        hub.SendAsync((byte[])[.. message, RecordSeparator], WebSocketMessageType.Text, true, cancellation);

    async Task<string> SendAsync(List<string> tokens, string path, string type, byte[] body, CancellationToken cancellation)
    {
        using var answer = await SendAsync(tokens, () => Post(path, type, body), cancellation);
        return StatusOf(answer, path);
    }

    async Task<HttpResponseMessage> SendAsync(List<string> tokens, Func<HttpRequestMessage> make, CancellationToken cancellation)
    {
        while (true)
        {
            using var request = make();
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", tokens[_turn++ % tokens.Count]);
            var answer = await _http.SendAsync(request, cancellation);
            if ((int)answer.StatusCode is not (429 or 503)) return answer;
            answer.Dispose();
            await Task.Delay(Pause, cancellation);
        }
    }

    static HttpRequestMessage Post(string path, string? type, byte[] body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        if (type is not null) request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        // A careful program asks before it sends what may be too long; else the refusal can be lost in a broken connection.
        request.Headers.ExpectContinue = body.Length > Routes.MaxReportBytes;
        if (type == "image/jpeg")
            request.Headers.Add(Routes.CapturedAtHeader, TimeProvider.System.GetUtcNow().ToString("O", CultureInfo.InvariantCulture));
        return request;
    }

    /// <summary>Adds the headers that can be sent at all.</summary>
    static HttpRequestMessage With(byte[] headers, HttpRequestMessage request)
    {
        foreach (var line in Encoding.Latin1.GetString(headers).Split('\n'))
        {
            var (name, value) = line.Split(':', 2) is [var n, var v] ? (n, v) : (line, "");
            request.Headers.TryAddWithoutValidation(name, string.Concat(value.Where(c => c is not ('\r' or '\0'))));
        }
        return request;
    }

    static string StatusOf(HttpResponseMessage answer, string path)
    {
        var status = (int)answer.StatusCode;
        return status < 500 ? $"{status}" : throw new FuzzException($"{path} answered {status}");
    }
}
