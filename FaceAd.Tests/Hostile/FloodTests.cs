using System.Net;
using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Screens;
using FaceAd.Web.Players;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Hostile;

/// <summary>The app with low limits for open pages.</summary>
public sealed class FloodFixture : PeopleFixture
{
    public const int PagesPerPerson = 3, StrangersPerMinute = 10;

    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>(base.Settings)
    {
        ["Accounts:PagesPerPerson"] = $"{PagesPerPerson}",
        ["Accounts:StrangersPerMinute"] = $"{StrangersPerMinute}",
        ["Accounts:StrangersStay"] = "00:00:01",
    };
}

/// <summary>More calls and connections than anybody honest makes cost the others nothing.</summary>
public sealed class FloodTests(FloodFixture app) : IClassFixture<FloodFixture>
{
    [Fact]
    public async Task Page_WithoutASession_ConnectsSeldomAndBriefly()
    {
        await using (var page = await ConnectAsync())
            await Wait.UntilAsync(() => page.State == HubConnectionState.Disconnected, "the server ends the connection");
        for (var i = 1; i < FloodFixture.StrangersPerMinute / 2; i++) await (await ConnectAsync()).DisposeAsync();
        Assert.Equal(
            HttpStatusCode.TooManyRequests, (await Assert.ThrowsAsync<HttpRequestException>(() => ConnectAsync())).StatusCode);

        // Whoever is signed in at the same address has a page.
        using var visitor = await app.SignInAsync(PeopleFixture.Two);
        await using var signedIn = await ConnectAsync(visitor.Cookies);
        Assert.False(string.IsNullOrEmpty(await StartCircuitAsync(signedIn)));
    }

    [Fact]
    public async Task Page_OneMoreThanAPersonMayHave_WaitsUntilAnotherIsClosed()
    {
        using var visitor = await app.SignInAsync(PeopleFixture.One);
        List<HubConnection> pages = [];
        try
        {
            for (var i = 0; i < FloodFixture.PagesPerPerson; i++) pages.Add(await ConnectAsync(visitor.Cookies));
            Assert.Equal(
                HttpStatusCode.TooManyRequests,
                (await Assert.ThrowsAsync<HttpRequestException>(() => ConnectAsync(visitor.Cookies))).StatusCode);
            await pages[0].StopAsync();
            await Wait.UntilAsync(async () =>
            {
                try
                {
                    pages.Add(await ConnectAsync(visitor.Cookies));
                    return true;
                }
                catch (HttpRequestException refused) when (refused.StatusCode == HttpStatusCode.TooManyRequests)
                {
                    return false;
                }
                catch (AggregateException refused) when (refused.Message.Contains("429", StringComparison.Ordinal))
                {
                    return false; // after its negotiation
                }
            }, "the closed page makes room");
        }
        finally
        {
            foreach (var page in pages) await page.DisposeAsync();
        }
    }

    [Fact]
    public async Task Screen_ThatBeatsWithoutEnd_IsSlowedDownAndNotRefused()
    {
        const int extra = 10;
        await using var flooding = await ScreenConnection.OpenAsync(app, app.ScreenToken);
        var began = TimeProvider.System.GetTimestamp();
        var beats = Enumerable.Range(0, ScreenHubThrottle.Burst + extra)
            .Select(_ => flooding.Hub.InvokeAsync<HeartbeatReply>(nameof(IScreenHub.Beat), Sample.Beat())).ToList();

        // Another screen is answered meanwhile.
        var (_, token) = await app.Services.GetRequiredService<ScreenRegistry>().RegisterAsync(
            (await app.Services.GetRequiredService<ScreenRegistry>().RegisterSiteAsync(
                "Calm", "", "Asia/Seoul", Site.DefaultNotice, Sample.Consent)).Id, "Calm", InferenceMode.Server);
        await using var calm = await ScreenConnection.OpenAsync(app, token);
        await calm.Hub.InvokeAsync<HeartbeatReply>(nameof(IScreenHub.Beat), Sample.Beat()).WaitAsync(Wait.Limit);

        await Task.WhenAll(beats).WaitAsync(Wait.Limit);
        Assert.True(TimeProvider.System.GetElapsedTime(began) > (extra - 1) * ScreenHubThrottle.Interval);
        Assert.Equal(HubConnectionState.Connected, flooding.Hub.State);
    }

    [Fact]
    public async Task Screen_ThatConnectsAnewForEachFlood_IsSlowedDownAllTheSame()
    {
        const int extra = 10;
        var (_, token) = await app.Services.GetRequiredService<ScreenRegistry>().RegisterAsync(
            (await app.Services.GetRequiredService<ScreenRegistry>().RegisterSiteAsync(
                "Again", "", "Asia/Seoul", Site.DefaultNotice, Sample.Consent)).Id, "Again", InferenceMode.Server);
        var began = TimeProvider.System.GetTimestamp();
        for (var left = ScreenHubThrottle.Burst + extra; left > 0; left -= 20)
        {
            await using var flooding = await ScreenConnection.OpenAsync(app, token);
            await Task.WhenAll(Enumerable.Range(0, Math.Min(left, 20)).Select(
                _ => flooding.Hub.InvokeAsync<HeartbeatReply>(nameof(IScreenHub.Beat), Sample.Beat()))).WaitAsync(Wait.Limit);
        }
        Assert.True(TimeProvider.System.GetElapsedTime(began) > (extra - 1) * ScreenHubThrottle.Interval);
    }

    private async Task<HubConnection> ConnectAsync(string? cookies = null)
    {
        var builder = new HubConnectionBuilder().WithUrl(new Uri(app.Address, "_blazor"), HttpTransportType.WebSockets, way =>
        {
            if (cookies is not null) way.Headers["Cookie"] = cookies;
        });
        builder.Services.AddSingleton<IHubProtocol, BlazorPack>();
        var page = builder.Build();
        try
        {
            await page.StartAsync();
            return page;
        }
        catch
        {
            await page.DisposeAsync();
            throw;
        }
    }

    private Task<string?> StartCircuitAsync(HubConnection page) =>
        page.InvokeAsync<string?>("StartCircuit", app.Address.ToString(), new Uri(app.Address, "campaigns").ToString(), "[]", "");
}
