using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using FaceAd.Core;
using FaceAd.Tests.Components;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Screens;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Tokens;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using static Microsoft.Playwright.Assertions;

namespace FaceAd.Tests.Data;

/// <summary>Pages while there are more visitors than connections to the database, and while there is no connection left at all.</summary>
[Collection(nameof(Alone))]
[Trait(Alone.Trait, nameof(Alone))]
public sealed class CrowdedPagesTests(CrowdedPagesTests.Few app) : IClassFixture<CrowdedPagesTests.Few>
{
    private const int Visitors = 12;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    /// <summary>The app with five connections for pages and two for screens.</summary>
    public sealed class Few : RolesFixture
    {
        /// <inheritdoc/>
        protected override int Connections => 7;

        /// <inheritdoc/>
        protected override int? PagePatience => 2;

        /// <summary>Hash of a video that screens may fetch.</summary>
        public string Video { get; } = new('7', 64);

        /// <inheritdoc/>
        protected override async Task ReadyAsync()
        {
            await base.ReadyAsync();
            var media = Services.GetRequiredService<DataFolder>().Media;
            Directory.CreateDirectory(media);
            await File.WriteAllTextAsync(Path.Combine(media, Video + ".mp4"), "video");
            await using var db = NewContext();
            db.Add(new Creative
            {
                OrganisationId = First.Id,
                Name = "House",
                Sha256 = Video,
                Bytes = 5,
                Seconds = 1,
                Width = 1,
                Height = 1,
                CreatedAt = TimeProvider.System.GetUtcNow(),
            });
            await db.SaveChangesAsync();
        }
    }

    [Fact]
    public async Task Overview_MoreVisitorsAtOnceThanConnections_OpensForEachOfThem()
    {
        using var admin = await app.SignInAsync(PeopleFixture.Admin);
        await admin.Http.GetStringAsync("admin/overview"); // the first one is slow, and holds its connection meanwhile
        var began = TimeProvider.System.GetTimestamp();
        var pages = await Task.WhenAll(Enumerable.Range(0, Visitors).Select(_ => admin.Http.GetStringAsync("admin/overview")));
        Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.Zero, Limit);
        Assert.All(pages, page => Assert.Contains("data-step=\"Consent\"", page, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Requests_NoConnectionLeft_SayWhenToComeBackWhileScreensAreServed()
    {
        using var admin = await app.SignInAsync(PeopleFixture.Admin);
        var (token, _) = await app.Services.GetRequiredService<ApiTokenService>()
            .MakeAsync(await app.ViewerAsync(RolesFixture.Owner), "Busy", [.. ApiScopes.Of(OrganisationKind.Advertiser)], 30);
        using var program = app.NewClient();
        program.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var stranger = new Visitor(app);
        var form = await stranger.TokenAsync("account/login");
        await WithoutConnectionsAsync(async () =>
        {
            var began = TimeProvider.System.GetTimestamp();
            var posted = stranger.PostAsync("account/login", form, ("email", PeopleFixture.One), ("password", PeopleFixture.Password));
            var english = BusyPageAsync(admin, "en", "Temporarily unavailable", "Try again");
            var korean = BusyPageAsync(admin, "ko", "잠시 이용할 수 없습니다", "다시 시도");
            var api = program.GetAsync("api/v1/campaigns");
            await ScreensAreServedAsync();
            await Task.WhenAll(english, korean);
            using (var answered = await posted) Assert.Equal(HttpStatusCode.ServiceUnavailable, answered.StatusCode);
            using var answer = await api;
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.Equal(DatabaseBusy.RetryAfter, answer.Headers.RetryAfter?.Delta);
            Assert.Equal("Unavailable", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
            Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.Zero, Limit);
        });
        Assert.Equal(HttpStatusCode.OK, (await admin.Http.GetAsync("campaigns")).StatusCode);
    }

    [Fact]
    public async Task OpenPage_NoConnectionLeft_OffersToTryAgainAndStaysSignedIn()
    {
        await using var context = await TestBrowser.NewContextAsync(app.Address);
        var page = await AccountPagesTests.SignInAsync(context, PeopleFixture.Admin);
        await Expect(page.Locator("[data-live=true]")).ToBeVisibleAsync();
        await WithoutConnectionsAsync(async () =>
        {
            await page.EvaluateAsync("() => Blazor.navigateTo('admin/groups')");
            await Expect(page.Locator(".shell[data-live=true] [data-notice='503'] h1")).ToHaveTextAsync("Temporarily unavailable");
        });
        await page.Locator("[data-do=again]").ClickAsync();
        await Expect(page.Locator("[data-do=new-group]")).ToBeVisibleAsync();
        await Expect(page.Locator("#blazor-error-ui")).ToBeHiddenAsync();
    }

    [Theory]
    [InlineData("admin/groups", "[data-do=new-group]", "#group-name", "[data-do=save-group]")]
    [InlineData("admin/screens", "[data-do=new-site] >> nth=0", "input[name=site-name]", "[data-do=confirm]")] // a dialog
    public async Task Form_NoConnectionLeftWhenItIsSaved_SaysSoAndKeepsWhatWasTyped(string path, string open, string field, string save)
    {
        await using var context = await TestBrowser.NewContextAsync(app.Address);
        var page = await AccountPagesTests.SignInAsync(context, PeopleFixture.Admin);
        await page.GotoAsync(path);
        await Expect(page.Locator("[data-live=true]")).ToBeVisibleAsync();
        await page.Locator(open).ClickAsync();
        await page.Locator(field).FillAsync("Typed with care");
        if (path == "admin/groups") await page.Locator(".site-chips [data-site]").First.ClickAsync();
        await WithoutConnectionsAsync(async () =>
        {
            await page.Locator(save).ClickAsync();
            await Expect(page.Locator(".mud-snackbar")).ToContainTextAsync("What you entered is still here");
            await Expect(page.Locator(field)).ToHaveValueAsync("Typed with care");
        });
        await page.Locator(save).ClickAsync();
        await Expect(page.Locator(field)).ToHaveCountAsync(0);
        await Expect(page.Locator("[data-notice]")).ToHaveCountAsync(0);
        await Expect(page.Locator("#blazor-error-ui")).ToBeHiddenAsync();
    }

    private static async Task BusyPageAsync(Visitor visitor, string language, string title, string again)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "campaigns?q=a");
        request.Headers.AcceptLanguage.ParseAdd(language);
        using var answer = await visitor.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(DatabaseBusy.RetryAfter, answer.Headers.RetryAfter?.Delta);
        var page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        Assert.Contains("data-notice=\"503\"", page, StringComparison.Ordinal);
        Assert.Contains(title, page, StringComparison.Ordinal);
        Assert.Contains("href=\"/campaigns?q=a\"", page, StringComparison.Ordinal);
        Assert.Contains(again, page, StringComparison.Ordinal);
    }

    // The play's creative is unknown, which only the database can tell.
    private async Task ScreensAreServedAsync()
    {
        using var screen = new DeviceClient(app, app.ScreenToken);
        var now = TimeProvider.System.GetUtcNow();
        PlayReport[] plays =
            [new() { PlayId = Guid.NewGuid(), CreativeId = Guid.NewGuid(), StartedAt = now.AddSeconds(-9), EndedAt = now,
                End = PlayEnd.Completed, Measured = true, FramesPresented = 1 }];
        using var answer = await screen.SendPlaysAsync(plays);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(plays[0].PlayId, Assert.Single((await answer.Content.ReadFromJsonAsync<PlayReceipt>())!.Refused).PlayId);
        using var client = app.NewClient();
        Assert.Equal("Healthy", await client.GetStringAsync("readyz"));
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", app.ScreenToken);
        Assert.Equal("video"u8.ToArray(), await client.GetByteArrayAsync($"{Routes.Media}/{app.Video}.mp4"));
    }

    private async Task WithoutConnectionsAsync(Func<Task> act)
    {
        var pages = app.Services.GetRequiredService<NpgsqlDataSource>();
        List<NpgsqlConnection> taken = [];
        try
        {
            for (var left = new NpgsqlConnectionStringBuilder(pages.ConnectionString).MaxPoolSize; left > 0; left--)
                taken.Add(await pages.OpenConnectionAsync());
            await act();
        }
        finally
        {
            foreach (var connection in taken) await connection.DisposeAsync();
        }
    }
}
