using System.Net;
using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Core.Proof;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Screens;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Cluster;
using FaceAd.Web.Decisions;
using FaceAd.Web.Plays;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace FaceAd.Tests.Components;

/// <summary>The media owner's pages in a real browser, against the real app.</summary>
public sealed class AdminPagesTests(AdminFixture app) : IClassFixture<AdminFixture>
{
    [Fact]
    public async Task Approvals_ApprovedByKeyboard_TheCampaignIsEligibleAtOnce()
    {
        await using var context = await TestBrowser.NewContextAsync(app.Address);
        var page = await AdminFixture.OpenAsync(context, "admin/approvals", AdminFixture.Admin);
        var campaign = await app.SubmitAsync("By keyboard"); // appears by itself
        var item = page.Locator($"[data-item][data-campaign='{campaign}']");
        await item.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        var card = page.Locator($"[data-card][data-campaign='{campaign}']");
        await Assertions.Expect(card.Locator(".landscape video"))
            .ToHaveAttributeAsync("poster", new System.Text.RegularExpressions.Regex(@"^media/[0-9a-f]{64}\.jpg$"));
        await Assertions.Expect(card.Locator(".portrait video")).ToBeVisibleAsync();

        // Before everything is confirmed it is not approved, and the page says what is missing.
        await page.Keyboard.PressAsync("a");
        await Assertions.Expect(page.GetByText("Confirm 5 more")).ToBeVisibleAsync();
        // In a field letters are letters.
        await page.Keyboard.PressAsync("c");
        await Assertions.Expect(card.Locator("textarea[name=comment]")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("ar 1");
        await Assertions.Expect(card.Locator("textarea[name=comment]")).ToHaveValueAsync("ar 1");
        await Assertions.Expect(page.Locator(".mud-dialog")).ToHaveCountAsync(0);
        await Assertions.Expect(card.Locator("[data-check]:checked")).ToHaveCountAsync(0);
        await item.FocusAsync();
        for (var check = 1; check <= 5; check++)
        {
            await page.Keyboard.PressAsync($"{check}");
            await Assertions.Expect(card.Locator($"[data-check='{check}']")).ToBeCheckedAsync();
        }
        await Assertions.Expect(page.Locator("#review-missing")).Not.ToContainTextAsync("Confirm"); // the server has them all
        await page.Keyboard.PressAsync("a");
        await Assertions.Expect(page.GetByText("“By keyboard” was approved.")).ToBeVisibleAsync();
        await Assertions.Expect(item).ToHaveCountAsync(0);

        // At once: the notice comes after the reading, and no waiting here.
        var snapshot = app.Services.GetRequiredService<SnapshotReader>().Current;
        var site = app.Site;
        var eligible = Assert.Single(snapshot.Campaigns, c => c.Id == campaign);
        Assert.Equal(Gate.None, Eligibility.Of(eligible.Terms, site.Id, site.Calendar().ClockAt(TimeProvider.System.GetUtcNow())));
    }

    [Fact]
    public async Task Approvals_RejectedWithAReason_TheAdvertiserHasTheReason()
    {
        var campaign = await app.SubmitAsync("To be sent back");
        await using var context = await TestBrowser.NewContextAsync(app.Address);
        var page = await AdminFixture.OpenAsync(context, "admin/approvals", AdminFixture.Admin);
        var item = page.Locator($"[data-item][data-campaign='{campaign}']");
        await item.ClickAsync();
        await page.Locator($"[data-card][data-campaign='{campaign}'] [data-do=reject]").ClickAsync();
        await page.Locator("[data-template='3']").ClickAsync();
        await Assertions.Expect(page.Locator("textarea[name=reason]")).Not.ToHaveValueAsync("");
        var reason = await page.Locator("textarea[name=reason]").InputValueAsync();
        Assert.NotEmpty(reason);
        await page.Locator("textarea[name=reason]").FillAsync(reason + " Page 2.");
        await page.Locator(".mud-dialog [data-do=confirm]").ClickAsync();
        await Assertions.Expect(item).ToHaveCountAsync(0);
        await Assertions.Expect(page.GetByText("“To be sent back” was rejected and returned to Advertiser.")).ToBeVisibleAsync();

        await using var db = app.NewContext();
        var row = await db.Campaigns.AsNoTracking().SingleAsync(c => c.Id == campaign);
        Assert.Equal((CampaignState.Rejected, reason + " Page 2."), (row.State, row.RejectionReason));
    }

    [Fact]
    public async Task Screens_RegisteredThenRevoked_TheTokenIsShownOnceAndThenVoid()
    {
        await using var context = await TestBrowser.NewContextAsync(app.Address);
        var page = await AdminFixture.OpenAsync(context, "admin/screens", AdminFixture.Admin);
        await page.Locator("[data-do=new-screen]").ClickAsync();
        await page.Locator("[name=screen-name]").FillAsync("Elevator Z");
        // As the component library does when the server is slow: who is writing already is not sent elsewhere.
        await page.EvaluateAsync("""
            () => {
              mudElementRef.focusFirst(document.querySelector('.mud-dialog'));
              mudElementRef.select(document.querySelector('.mud-dialog input'));
              for (const part of document.querySelectorAll('.mud-dialog, .mud-dialog div[tabindex]'))
                Blazor._internal.domWrapper.focus(part);
            }
            """);
        await Assertions.Expect(page.Locator("[name=screen-name]")).ToBeFocusedAsync();
        await page.Locator(".mud-dialog [data-do=confirm]").ClickAsync();
        var token = (await page.Locator("[data-token]").InnerTextAsync()).Trim();
        var command = await page.Locator("#token-run").InnerTextAsync();
        Assert.StartsWith($"./run player --server {app.Address.ToString().TrimEnd('/')} --token-file ", command);
        Assert.Contains(" --camera ", command);
        using var device = new DeviceClient(app, token);
        Assert.Equal(HttpStatusCode.OK, (await device.SendAsync(Routes.Plays, Array.Empty<PlayReport>())).StatusCode);

        await page.Locator("[data-do=done]").ClickAsync();
        await Assertions.Expect(page.Locator("[data-token]")).ToHaveCountAsync(0);
        await page.ReloadAsync();
        var card = page.Locator("[data-screen]", new() { HasText = "Elevator Z" });
        await Assertions.Expect(card).ToBeVisibleAsync();
        Assert.DoesNotContain(token, await page.ContentAsync());

        await Assertions.Expect(page.Locator("[data-live=true]")).ToBeVisibleAsync();
        await card.Locator("[data-do=revoke]").ClickAsync();
        await page.Locator(".mud-dialog [data-do=confirm]").ClickAsync();
        await Assertions.Expect(card.Locator("[data-do=revoke]")).ToHaveCountAsync(0);
        Assert.Equal(HttpStatusCode.Unauthorized, (await device.SendAsync(Routes.Plays, Array.Empty<PlayReport>())).StatusCode);
    }

    [Fact]
    public async Task Screens_PlaysWereDisputedAndAKeyFollowedAnother_TheCardSaysHowManyAndWhyAndTheNewerKey()
    {
        var (screen, _) = await app.Services.GetRequiredService<ScreenRegistry>()
            .RegisterAsync(app.Site.Id, "Elevator D", InferenceMode.Device);
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
        await using (var db = app.NewContext())
        {
            foreach (var (reason, day, plays) in new[]
            {
                (DisputeReason.NoDecision, today, 3), (DisputeReason.Overlap, today, 1), (DisputeReason.Overlap, today.AddDays(-2), 11),
                (DisputeReason.TooLong, today.AddDays(-40), 7),
            })
                db.Add(new DisputedPlayDay { ScreenId = screen.Id, Day = day, Reason = reason, Plays = plays });
            foreach (var day in new[] { 2, 1 })
                db.Add(new ScreenKey { ScreenId = screen.Id, PublicKey = [(byte)day], RegisteredAt = Sample.Noon.AddDays(-day) });
            await db.SaveChangesAsync();
        }
        await using var context = await TestBrowser.NewContextAsync(app.Address);
        var page = await AdminFixture.OpenAsync(context, "admin/screens", AdminFixture.Admin);
        await Assertions.Expect(page.Locator($"[data-screen='{screen.Id}'] [data-disputed]")).ToHaveTextAsync(
            "15 plays of the last 30 days are disputed and not counted: at the same time as another play (12), an ad that nothing called for (3)");
        await Assertions.Expect(page.Locator($"[data-screen='{screen.Id}'] [data-key] code"))
            .ToHaveTextAsync(PlayKey.FingerprintOf([1])[..16]);
        await Assertions.Expect(page.Locator("[data-screen]", new() { HasText = "Elevator A" }).Locator("[data-disputed]"))
            .ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Screens_ModeSwitched_TheScreenIsToldAndThePageSaysWhatIsMissing()
    {
        var (screen, token) = await app.Services.GetRequiredService<ScreenRegistry>()
            .RegisterAsync(app.Site.Id, "Elevator M", InferenceMode.Server);
        await using var player = await ScreenConnection.OpenAsync(app, token);
        var beat = Sample.Beat() with { HasModels = false };
        await player.Hub.InvokeAsync<HeartbeatReply>(nameof(IScreenHub.Beat), beat);
        await using var context = await TestBrowser.NewContextAsync(app.Address);
        var page = await AdminFixture.OpenAsync(context, "admin/screens", AdminFixture.Admin);
        var card = page.Locator($"[data-screen='{screen.Id}']");
        await Assertions.Expect(card.Locator("[data-mode]")).ToHaveTextAsync("on the server");

        await card.Locator("[data-do=mode]").ClickAsync();
        await Assertions.Expect(page.Locator(".mud-dialog")).ToContainTextAsync("has no models");
        await page.Locator(".mud-dialog [data-do=confirm]").ClickAsync();
        await Assertions.Expect(card.Locator("[data-mode=Device]")).ToBeVisibleAsync();
        await Assertions.Expect(card.Locator("[data-changing]")).ToBeVisibleAsync();
        await Assertions.Expect(card).ToContainTextAsync("has no models, so nobody is counted");
        await Wait.ForAsync(player.Programmes.Reader, p => p.Mode == InferenceMode.Device, "the player is told of the mode");

        await player.Hub.InvokeAsync<HeartbeatReply>(
            nameof(IScreenHub.Beat), beat with { Analysing = InferenceMode.Device, HasModels = true });
        await Assertions.Expect(card.Locator("[data-changing]")).ToHaveCountAsync(0);
        await Assertions.Expect(card.Locator("[data-trouble]")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Live_ADecisionIsMade_ItAppearsWithItsReasonWithoutReload()
    {
        await using var context = await TestBrowser.NewContextAsync(app.Address);
        var page = await AdminFixture.OpenAsync(context, "admin/live", AdminFixture.Admin);
        var screen = app.Services.GetRequiredService<ScreenDirectory>().All[0];
        await app.Services.GetRequiredService<SiteOwnership>().LeaseAsync(screen.SiteId); // as after the screen's first word
        var now = TimeProvider.System.GetUtcNow();
        app.Services.GetRequiredService<Web.Audiences.LiveAudiences>().Update(screen, Sample.Report(
            Guid.NewGuid(), 1, now.AddSeconds(-1), now, AudienceState.Open, Sample.Viewer(Segment.Silver, now.AddSeconds(-1), now)));
        var newest = page.Locator("[data-decision]").First;
        await Assertions.Expect(newest).ToContainTextAsync("Silver 60+");
        await Assertions.Expect(newest).ToContainTextAsync("No running campaign targets Silver 60+.");
        await Assertions.Expect(page.Locator("[data-live-metric=people]")).ToHaveTextAsync("1");
    }

    [Fact]
    public async Task LiveAndScreens_UnknownRiders_AreCountedAsUnknown()
    {
        await using var context = await TestBrowser.NewContextAsync(app.Address);
        var page = await AdminFixture.OpenAsync(context, "admin/live", AdminFixture.Admin);
        var screen = app.Services.GetRequiredService<ScreenDirectory>().All[0];
        var now = TimeProvider.System.GetUtcNow();
        app.Services.GetRequiredService<Web.Audiences.LiveAudiences>().Update(screen, Sample.Report(
            Guid.NewGuid(), 1, now.AddSeconds(-1), now, AudienceState.Open,
            Sample.Viewer(null, now.AddSeconds(-1), now, 1), Sample.Viewer(null, now.AddSeconds(-1), now, 2),
            Sample.Viewer(Segment.Silver, now.AddSeconds(-1), now, 3)));
        await Assertions.Expect(page.Locator("[data-live-metric=people]")).ToHaveTextAsync("3");
        await Assertions.Expect(page.Locator("[data-live-metric=people] + small"))
            .ToHaveTextAsync("2 of them unknown: face too small or too blurred");

        await page.GotoAsync("admin/screens");
        await Assertions.Expect(page.Locator($"[data-screen='{screen.Id}'] .screen-viewers"))
            .ToHaveTextAsync("3 people in view: 2 × Unknown, Silver 60+");
    }

    [Theory]
    [InlineData("admin")]
    [InlineData("admin/overview")]
    [InlineData("admin/approvals")]
    [InlineData("admin/screens")]
    [InlineData("admin/buildings")]
    [InlineData("admin/live")]
    [InlineData("admin/privacy")]
    [InlineData("admin/audience")]
    [InlineData("admin/audit")]
    public async Task AdminPage_OpenedByAnAdvertiser_IsDenied(string path)
    {
        await using var context = await TestBrowser.NewContextAsync(app.Address);
        var page = await AdminFixture.OpenAsync(context, path, AdminFixture.Advertiser);
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("You don't have access to this page");
    }

    [Fact]
    public async Task SignIn_AsAdmin_LandsOnTheOverview()
    {
        await using var context = await TestBrowser.NewContextAsync(app.Address);
        var page = await AdminFixture.OpenAsync(context, "", AdminFixture.Admin);
        await page.ArriveAsync("/admin/overview$");
        await Assertions.Expect(page.Locator("[data-overview=screens]")).ToBeVisibleAsync();
    }
}
