using System.Net;
using System.Text.RegularExpressions;

namespace FaceAd.Tests.Support;

/// <summary>A person with a browser that keeps cookies, without a browser.</summary>
public sealed partial class Visitor : IDisposable
{
    private readonly CookieContainer _cookies = new();
    private readonly AppFixture _app;

    /// <summary>A visitor who has not signed in.</summary>
    /// <param name="app">The app.</param>
    /// <param name="from">The address of this machine that they come from; null for the usual one.</param>
    public Visitor(AppFixture app, IPAddress? from = null)
    {
        _app = app;
        Http = app.NewClient(_cookies, from);
    }

    /// <summary>A visitor with a session's cookie.</summary>
    /// <param name="app">The app.</param>
    /// <param name="session">The cookie's value, see <see cref="Session"/>.</param>
    public Visitor(AppFixture app, string session)
        : this(app) => _cookies.Add(app.Address, new Cookie("facead.session", session));

    /// <summary>Sends requests with this person's cookies; follows no redirects.</summary>
    public HttpClient Http { get; }

    /// <summary>This person's cookies, as a header has them.</summary>
    public string Cookies => _cookies.GetCookieHeader(_app.Address);

    /// <summary>The value of the session's cookie; null when there is none.</summary>
    public string? Session => _cookies.GetCookies(_app.Address)["facead.session"]?.Value;

    /// <summary>Signs in and expects to get in.</summary>
    public static async Task<Visitor> SignedInAsync(AppFixture app, string email, string password)
    {
        var visitor = new Visitor(app);
        using var answer = await visitor.SignInAsync(email, password);
        Assert.Equal("/", answer.Headers.Location?.OriginalString);
        return visitor;
    }

    /// <summary>Fills in the sign-in form.</summary>
    public async Task<HttpResponseMessage> SignInAsync(string email, string password, string returnUrl = "/") =>
        await PostAsync(
            "account/login", await TokenAsync("account/login"), ("email", email), ("password", password), ("returnUrl", returnUrl));

    /// <summary>Posts a form.</summary>
    public Task<HttpResponseMessage> PostAsync(string path, string? token, params (string Name, string Value)[] fields) =>
        Http.PostAsync(path, new FormUrlEncodedContent(
            fields.Append(("__RequestVerificationToken", token ?? "")).Where(f => f.Item2.Length > 0)
                .Select(f => KeyValuePair.Create(f.Item1, f.Item2))));

    /// <summary>Presses the button that signs out.</summary>
    public async Task SignOutAsync() => (await PostAsync("account/logout", await TokenAsync("campaigns"), ("returnUrl", "/"))).Dispose();

    /// <summary>Whether a page knows this person; who is not known is led to sign in.</summary>
    public async Task<bool> IsKnownAsync()
    {
        using var answer = await Http.GetAsync("campaigns");
        if (answer.StatusCode == HttpStatusCode.OK) return true;
        Assert.Contains("/account/login", answer.Headers.Location?.OriginalString, StringComparison.Ordinal);
        return false;
    }

    /// <summary>Fills in one of the forms of a page.</summary>
    /// <param name="page">The page, with its query.</param>
    /// <param name="form">Name of the form.</param>
    /// <param name="fields">What is typed.</param>
    public async Task<HttpResponseMessage> SubmitAsync(string page, string form, params (string Name, string Value)[] fields) =>
        await PostAsync(page, await TokenAsync(page), [("_handler", form), .. fields]);

    /// <summary>Fills in a form, and expects to be led on.</summary>
    /// <returns>Where.</returns>
    public async Task<string> SubmitWellAsync(string page, string form, params (string Name, string Value)[] fields)
    {
        using var answer = await SubmitAsync(page, form, fields);
        Assert.True(answer.Headers.Location is not null, await answer.Content.ReadAsStringAsync());
        return answer.Headers.Location!.OriginalString;
    }

    /// <summary>Fills in a form that is refused.</summary>
    /// <returns>The problem that the page names.</returns>
    public async Task<string> SubmitBadlyAsync(string page, string form, params (string Name, string Value)[] fields)
    {
        using var answer = await SubmitAsync(page, form, fields);
        var problem = ProblemField().Match(await answer.Content.ReadAsStringAsync());
        Assert.True(problem.Success, $"{(int)answer.StatusCode} {answer.Headers.Location}");
        return problem.Groups[1].Value;
    }

    /// <summary>Uploads a video.</summary>
    public async Task<HttpResponseMessage> UploadAsync(Guid campaign, HttpContent content, string name, bool withToken = true)
    {
        var request = new HttpRequestMessage(HttpMethod.Post,
            $"api/campaigns/{campaign}/creatives?name={Uri.EscapeDataString(name)}")
        { Content = content };
        if (withToken) request.Headers.Add("X-CSRF-TOKEN", await TokenAsync("campaigns"));
        return await Http.SendAsync(request);
    }

    /// <summary>The antiforgery token in a page.</summary>
    public async Task<string> TokenAsync(string page) =>
        WebUtility.HtmlDecode(TokenField().Match(await Http.GetStringAsync(page)).Groups[1].Value);

    /// <inheritdoc/>
    public void Dispose() => Http.Dispose();

    [GeneratedRegex("__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex TokenField();

    [GeneratedRegex("data-problem=\"([^\"]+)\"")]
    private static partial Regex ProblemField();
}
