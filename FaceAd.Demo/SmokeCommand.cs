using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace FaceAd.Demo;

/// <summary>
/// <c>smoke</c>: signs in to a running installation as an administrator and waits for one complete loop, from a face to Reach.
/// </summary>
static partial class SmokeCommand
{
    /// <summary>The stages of the loop in order: field in the response, and display name.</summary>
    static readonly (string Field, string Stage)[] Stages =
    [
        ("faceSeenAt", "a face seen"),
        ("targetedDecisionAt", "a targeted ad decided"),
        ("targetedPlayReportedAt", "its play shown and reported"),
        ("exposureCountedAt", "its exposure counted in Reach"),
    ];

    public static Command Create()
    {
        var url = new Option<string>("--url") { Description = "Address of the web app.", Required = true };
        url.Validators.Add(result =>
        {
            if (!Uri.TryCreate(result.GetValueOrDefault<string>(), UriKind.Absolute, out _)) result.AddError("--url is not a valid URL.");
        });
        var email = new Option<string>("--email") { Description = "An administrator's account.", Required = true };
        var password = new Option<string>("--password") { Description = "The account's password.", Required = true };
        var timeout = new Option<int>("--timeout") { Description = "Seconds to wait for the loop.", DefaultValueFactory = _ => 180 };
        var command = new Command("smoke", "Wait until a fresh installation has run one complete loop; prints one line per stage.")
        {
            url, email, password, timeout,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = new HttpClient(new HttpClientHandler { CookieContainer = new CookieContainer() });
            client.BaseAddress = new Uri(parsed.GetRequiredValue(url));
            client.Timeout = TimeSpan.FromSeconds(20);
            var problem = await RunAsync(
                client, parsed.GetRequiredValue(email), parsed.GetRequiredValue(password), TimeSpan.FromSeconds(parsed.GetValue(timeout)),
                parsed.InvocationConfiguration.Output, cancel);
            if (problem is null) return 0;
            await parsed.InvocationConfiguration.Error.WriteLineAsync("smoke: " + problem);
            return 1;
        });
        return command;
    }

    /// <summary>Signs in and waits for the loop.</summary>
    /// <param name="client">Client that keeps cookies, with the web app as its base address.</param>
    /// <param name="email">An administrator's account.</param>
    /// <param name="password">The account's password.</param>
    /// <param name="patience">How long to wait for the last stage.</param>
    /// <param name="output">Receives one line per stage.</param>
    /// <param name="cancel">Cancels the wait.</param>
    /// <returns>Null when the loop ran; otherwise what did not happen.</returns>
    internal static async Task<string?> RunAsync(
        HttpClient client, string email, string password, TimeSpan patience, TextWriter output, CancellationToken cancel)
    {
        var clock = Stopwatch.StartNew();
        var next = 0;
        try
        {
            if (await SignInAsync(client, email, password, cancel) is { } refusal) return refusal;
            while (clock.Elapsed < patience)
            {
                var loop = await client.GetFromJsonAsync<JsonElement>("/api/loop", cancel);
                var ready = Moment(loop, "webReadyAt");
                while (next < Stages.Length && Moment(loop, Stages[next].Field) is { } at)
                {
                    var seconds = ready is { } start ? (at - start).TotalSeconds : clock.Elapsed.TotalSeconds;
                    await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{Stages[next].Stage,-32} {seconds,6:0.0} s"));
                    next++;
                }
                if (next == Stages.Length)
                {
                    await output.WriteLineAsync(Reach(loop));
                    return null;
                }
                await Task.Delay(TimeSpan.FromMilliseconds(500), cancel);
            }
        }
        catch (Exception e)
            when (e is HttpRequestException or JsonException || (e is TaskCanceledException && !cancel.IsCancellationRequested))
        {
            return $"the web app does not answer as expected: {e.Message}";
        }
        return string.Create(
            CultureInfo.InvariantCulture, $"'{Stages[next].Stage}' did not happen within {patience.TotalSeconds:0} seconds");
    }

    internal static async Task<string?> SignInAsync(HttpClient client, string email, string password, CancellationToken cancel)
    {
        var form = await client.GetStringAsync("/account/login", cancel);
        if (TokenInput().Match(form) is not { Success: true } input || Value().Match(input.Value) is not { Success: true } token)
            return "the sign-in page has no form";
        using var fields = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["__RequestVerificationToken"] = WebUtility.HtmlDecode(token.Groups[1].Value),
            ["email"] = email,
            ["password"] = password,
            ["returnUrl"] = "/",
        });
        using var answer = await client.PostAsync("/account/login", fields, cancel);
        // The landing page's status does not matter; whether the account may read the loop does.
        using var probe = await client.GetAsync("/api/loop", cancel);
        return probe.IsSuccessStatusCode && probe.Content.Headers.ContentType?.MediaType == "application/json"
            ? null
            : $"signing in as {email} failed ({(int)answer.StatusCode}, then {(int)probe.StatusCode})";
    }

    static DateTimeOffset? Moment(JsonElement loop, string field) =>
        loop.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String ? value.GetDateTimeOffset() : null;

    static string Reach(JsonElement loop) =>
        loop.TryGetProperty("reach", out var reach) && reach.ValueKind == JsonValueKind.Object
            ? $"Reach of {reach.GetProperty("campaign")}: {reach.GetProperty("reached")} of {reach.GetProperty("universe")}"
            : "Reach: no row";

    [GeneratedRegex("<input[^>]*name=\"__RequestVerificationToken\"[^>]*>")]
    private static partial Regex TokenInput();

    [GeneratedRegex("value=\"([^\"]*)\"")]
    private static partial Regex Value();
}
