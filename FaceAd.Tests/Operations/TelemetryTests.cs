using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Screens;
using FaceAd.Web.Screens;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Operations;

/// <summary>
/// What monitoring systems are told. Alone: an app of another test that ends in this process takes instruments of the same name with it.
/// </summary>
[Collection(nameof(Alone))]
[Trait(Alone.Trait, nameof(Alone))]
public sealed partial class TelemetryTests(ObservedFixture app) : IClassFixture<ObservedFixture>
{
    [Fact]
    public async Task Metrics_WithTheToken_HaveTheMetersOfAppServerRuntimeAndDatabaseButNoScreen()
    {
        var text = await ScrapeAsync();
        Assert.Contains("\nfacead_plays_total", text);
        Assert.All(
            ["facead_frames_received_total", "facead_decisions_time_milliseconds", "http_server_request_duration_seconds",
                "dotnet_process_memory_working_set_bytes"],
            (string name) => Assert.Contains(name, TypesOf(text)));
        Assert.Contains(TypesOf(text), name => name.StartsWith("db_client_", StringComparison.Ordinal));
        Assert.DoesNotContain($"{app.Device.Screen.Id}", text); // one series for all screens
    }

    [Fact]
    public async Task Dashboard_EveryMetric_IsOneThatTheAppExports()
    {
        var exported = TypesOf(await ScrapeAsync());
        await using var file = File.OpenRead(Path.Combine(FaceAd.Bench.Repository.Root, "docs", "grafana.json"));
        using var dashboard = await JsonDocument.ParseAsync(file);
        var questions = dashboard.RootElement.GetProperty("panels").EnumerateArray()
            .Where(panel => panel.GetProperty("type").GetString() != "row")
            .SelectMany(panel => panel.GetProperty("targets").EnumerateArray().Select(target => target.GetProperty("expr").GetString()!))
            .ToList();
        Assert.NotEmpty(questions);
        Assert.All(questions, question =>
        {
            var asked = MetricName().Matches(question).Select(match => match.Value).ToList();
            Assert.NotEmpty(asked);
            // Of a histogram, Prometheus asks for its parts.
            Assert.All(asked, name => Assert.Contains(exported, e => name == e || name == e + "_bucket" || name == e + "_count"));
        });
        // Of the app's own meters, the dashboard leaves none out. (Players of other tests run in this process, too.)
        var drawn = string.Join('\n', questions);
        var own = exported.Where(name => name.StartsWith("facead_", StringComparison.Ordinal)
            && !name.StartsWith("facead_player_", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(own);
        Assert.All(own, name => Assert.Contains(name, drawn));
    }

    [Theory]
    [InlineData(null, HttpStatusCode.NotFound)]
    [InlineData("Bearer wrong", HttpStatusCode.NotFound)]
    [InlineData("Basic " + ObservedFixture.Token, HttpStatusCode.NotFound)]
    [InlineData("Bearer " + ObservedFixture.Token, HttpStatusCode.OK)]
    public async Task Metrics_FromAnybody_NeedTheToken(string? authorization, HttpStatusCode status)
    {
        using var client = app.NewClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "metrics");
        if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        using var answer = await client.SendAsync(request);
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(
            status == HttpStatusCode.OK, (await answer.Content.ReadAsStringAsync()).Contains("facead_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Trace_OfAFrame_RunsFromItsReceiptToTheCommandAndNamesNobody()
    {
        var (screen, token) = await app.Registry.RegisterAsync(
            app.Server.Screen.SiteId, Guid.NewGuid().ToString("N"), InferenceMode.Server);
        await app.Services.GetRequiredService<ScreenDirectory>().RefreshAsync();
        await using var player = await ScreenConnection.OpenAsync(app, token);
        using var client = new DeviceClient(app, token);
        // A man between 20 and 39, who takes a step.
        foreach (var x in new[] { 200, 250 })
        {
            using var sent = await client.SendFrameAsync(await Pictures.CabinAsync((159, x, 220)));
            Assert.Equal(HttpStatusCode.Accepted, sent.StatusCode);
            await StepsAsync(screen.Id, "frame received", ["frame analysed"]); // otherwise the next one would replace it
        }
        var command = await Wait.NextAsync(player.Commands.Reader);

        var steps = await StepsAsync(screen.Id, "frame received", ["pushed", "report committed"]);
        Assert.Equal(
            ["decided", "frame analysed", "frame queued", "frame received", "pushed", "report committed"],
            steps.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(
            ["frame analysed", "frame received", "frame received", "decided", "frame analysed"],
            new[] { "decided", "frame analysed", "frame queued", "pushed", "report committed" }
                .Select(name => steps.Single(step => step.Value.SpanId == steps[name].ParentSpanId).Key));
        Assert.Equal($"{command.DecisionId}", steps["decided"].GetTagItem("facead.decision"));
        Assert.Equal(
            ["facead.decision", "facead.reason", "facead.screen"],
            steps.Values.SelectMany(step => step.TagObjects).Select(tag => tag.Key).Distinct().Order(StringComparer.Ordinal));
        await Wait.UntilAsync(
            () => app.Collected.Any(got => got.Path == "/v1/traces" && got.Body.Contains("frame analysed", StringComparison.Ordinal))
                && app.Collected.Any(got => got.Path == "/v1/metrics" && got.Body.Contains("facead.plays", StringComparison.Ordinal)),
            "the collector has the trace, and the meters");
    }

    [Fact]
    public async Task Trace_OfAPlay_RunsFromItsReceiptToItsExposures()
    {
        var (screen, token) = await app.Registry.RegisterAsync(
            app.Device.Screen.SiteId, Guid.NewGuid().ToString("N"), InferenceMode.Device);
        await app.Services.GetRequiredService<ScreenDirectory>().RefreshAsync();
        using var client = new DeviceClient(app, token);
        using var sent = await client.SendPlaysAsync(app.PlayNow(screen.Id));
        Assert.True(sent.IsSuccessStatusCode);

        var steps = await StepsAsync(screen.Id, "plays received", ["exposures committed"]);
        Assert.Equal(["exposures committed", "plays committed", "plays received"], steps.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(
            ["facead.plays", "facead.screen"],
            steps.Values.SelectMany(step => step.TagObjects).Select(tag => tag.Key).Distinct().Order(StringComparer.Ordinal));
    }

    private async Task<string> ScrapeAsync()
    {
        using var client = app.NewClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", ObservedFixture.Token);
        return await client.GetStringAsync("metrics");
    }

    private static HashSet<string> TypesOf(string text) =>
        [.. text.Split('\n').Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(line => line.Split(' ')[2])];

    // The steps of a screen's latest trace of that name, when those that come last are there.
    private async Task<Dictionary<string, Activity>> StepsAsync(Guid screenId, string root, string[] last)
    {
        Dictionary<string, Activity> steps = [];
        await Wait.UntilAsync(
            () =>
            {
                var first = app.Steps
                    .Where(step => step.OperationName == root && (string?)step.GetTagItem("facead.screen") == screenId.ToString())
                    .MaxBy(step => step.StartTimeUtc);
                if (first is null) return false;
                steps = app.Steps.Where(step => step.TraceId == first.TraceId).ToDictionary(step => step.OperationName);
                return last.All(steps.ContainsKey);
            },
            "the trace is complete");
        return steps;
    }

    [GeneratedRegex(@"\b[a-z][a-z0-9_]+(?=\{)")]
    private static partial Regex MetricName();
}

/// <summary>Without settings nothing is told to anybody.</summary>
public sealed class TelemetryOffTests(AppFixture app) : IClassFixture<AppFixture>
{
    [Fact]
    public async Task Metrics_NotConfigured_AreNotThere()
    {
        using var client = app.NewClient();
        using var answer = await client.GetAsync("metrics");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Null(app.Services.GetService<OpenTelemetry.Metrics.MeterProvider>());
        Assert.Null(app.Services.GetService<OpenTelemetry.Trace.TracerProvider>());
    }
}
