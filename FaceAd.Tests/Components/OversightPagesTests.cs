using System.Net;
using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Screens;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace FaceAd.Tests.Components;

/// <summary>Consent, privacy and audit in a real browser.</summary>
public sealed class OversightPagesTests(AdminFixture app) : IClassFixture<AdminFixture>
{
    [Fact]
    public async Task Consent_WithdrawnAndRecordedAgain_CamerasFollowAndThePrivacyPageAndTheLogTellIt()
    {
        var registry = app.Services.GetRequiredService<ScreenRegistry>();
        var site = await registry.RegisterSiteAsync("Annex", "", "Asia/Seoul", Site.DefaultNotice, "Contract 1");
        var (_, token) = await registry.RegisterAsync(site.Id, "A", InferenceMode.Server);
        using var screen = new DeviceClient(app, token);
        await using var context = await TestBrowser.NewContextAsync(app.Address);
        var page = await AdminFixture.OpenAsync(context, "admin/screens", AdminFixture.Admin);
        var section = page.Locator($"[data-site='{site.Id}']");
        await Assertions.Expect(section.Locator("[data-do=measurement]")).ToBeCheckedAsync();

        await section.Locator("[data-do=consent]").ClickAsync();
        await page.Locator("[data-do=withdraw]").ClickAsync();
        await Assertions.Expect(page.Locator(".mud-dialog")).ToContainTextAsync("All cameras in this building close at once");
        await page.Locator(".mud-dialog [data-do=confirm]").ClickAsync();
        await Assertions.Expect(section.Locator("[data-consent=none]")).ToBeVisibleAsync();
        // After the consent is withdrawn, the stored people can be erased too.
        await Assertions.Expect(page.Locator(".mud-dialog")).ToContainTextAsync("Annex");
        await page.Locator(".mud-dialog [data-do=confirm]").ClickAsync();
        await Assertions.Expect(page.Locator(".mud-dialog")).ToHaveCountAsync(0);
        await Assertions.Expect(section.Locator("[data-do=measurement]")).Not.ToBeCheckedAsync();
        Assert.Equal(HttpStatusCode.Conflict, (await screen.SendFrameAsync([0xFF, 0xD8, 0xFF, 0xD9])).StatusCode);

        // The switch leads to the consent, and the consent back to the switch.
        await section.Locator("[data-do=measurement]").ClickAsync();
        await page.Locator("[name=consent-reference]").FillAsync("Contract 2");
        await page.Locator(".mud-dialog [data-do=confirm]").ClickAsync();
        await Assertions.Expect(page.Locator(".mud-dialog")).ToContainTextAsync("Switch on measurement in Annex?");
        await page.Locator(".mud-dialog [data-do=confirm]").ClickAsync();
        await Assertions.Expect(section.Locator("[data-do=measurement]")).ToBeCheckedAsync();
        await Assertions.Expect(section.Locator("[data-consent]")).ToContainTextAsync("Contract 2 (recorded by admin@facead.example)");

        await page.GotoAsync("admin/privacy");
        await Assertions.Expect(page.Locator($"[data-site='{site.Id}'] [data-consent]")).ToContainTextAsync("Contract 2");
        await Assertions.Expect(page.Locator("[data-privacy=pictures]")).ToHaveTextAsync("0");
        await Assertions.Expect(page.Locator($"[data-site='{site.Id}'] [data-do=erase]")).ToHaveCountAsync(1);
        await page.GotoAsync($"admin/audit?subject={site.Id}");
        await Assertions.Expect(page.Locator("[data-live=true]")).ToBeVisibleAsync();
        string[] verbs = ["MeasurementOn", "ConsentRecorded", "ErasureAsked", "MeasurementOff", "ConsentWithdrawn", "MeasurementOn",
            "ConsentRecorded", "SiteRegistered"];
        await Assertions.Expect(page.Locator("[data-entry]")).ToHaveCountAsync(verbs.Length);
        // Two of one instant stand in the order of their writing.
        Assert.Equal(verbs.Order(), (await page.Locator("[data-entry]").EvaluateAllAsync<string[]>("rows => rows.map(r => r.dataset.verb)"))
            .Order());
    }

    [Fact]
    public async Task Audit_SettledCampaign_SaysWhatEachNumberIs()
    {
        var campaign = Guid.NewGuid();
        await app.Services.GetRequiredService<AuditLog>().WriteAsync(AuditLog.Entry(
            null, TimeProvider.System.GetUtcNow(), AuditVerb.CampaignSettled, AuditSubject.Campaign, campaign, "Settled",
            new Dictionary<string, string> { ["goal"] = "5000", ["delivered"] = "4192", ["cost"] = "140000", ["credit"] = "22624" }));
        await using var context = await TestBrowser.NewContextAsync(app.Address);
        var page = await AdminFixture.OpenAsync(context, $"admin/audit?subject={campaign}", AdminFixture.Admin);
        var entry = page.Locator("tr", new() { Has = page.Locator("[data-verb=CampaignSettled]") });
        foreach (var sentence in new[]
            {
                "Target impressions booked: 5,000", "Target impressions delivered: 4,192", "Cost: ₩140,000", "Credit: ₩22,624",
            })
            await Assertions.Expect(entry).ToContainTextAsync(sentence);
    }

    [Fact]
    public async Task MissedGoal_MakeGoodAddedAndTakenBack_IsOnThePageAndInTheLog()
    {
        var id = await app.SubmitAsync("Missed");
        await using (var db = app.NewContext())
        {
            var campaign = await db.Campaigns.SingleAsync(c => c.Id == id);
            var today = app.Site.Calendar().DayOf(TimeProvider.System.GetUtcNow());
            (campaign.State, campaign.StartsOn, campaign.EndsOn) = (CampaignState.Approved, today.AddDays(-12), today.AddDays(-3));
            campaign.Delivery = DeliveryTerms.Default with { Goal = 1_000 };
            db.Add(new CampaignTotal { CampaignId = id, TargetImpressions = 600 });
            await db.SaveChangesAsync();
        }
        await using var context = await TestBrowser.NewContextAsync(app.Address);
        var page = await AdminFixture.OpenAsync(context, $"campaigns/{id}", AdminFixture.Admin);
        await Assertions.Expect(page.Locator("[data-shortfall-causes] li").Last).ToContainTextAsync("About 400");
        await page.ClickAsync("[data-do=make-good]");
        await page.Locator(".mud-dialog [data-make-good-preview]").WaitForAsync();
        await page.ClickAsync(".mud-dialog [data-do=confirm]");
        await Assertions.Expect(page.Locator("[data-make-good]")).ToContainTextAsync("Nothing is charged beyond what was booked");
        await Assertions.Expect(page.Locator("[data-do=make-good]")).ToHaveCountAsync(0);
        await page.ClickAsync("[data-do=undo-make-good]");
        await page.ClickAsync(".mud-dialog [data-do=confirm]");
        await Assertions.Expect(page.Locator("[data-make-good]")).ToHaveCountAsync(0);
        await Assertions.Expect(page.Locator("[data-do=make-good]")).ToBeVisibleAsync();

        await page.GotoAsync($"admin/audit?subject={id}");
        await page.Locator("[data-verb=MakeGoodUndone]").First.WaitForAsync();
        await Assertions.Expect(page.Locator("tr", new() { Has = page.Locator("[data-verb=CampaignMadeGood]") }))
            .ToContainTextAsync("Target impressions missing: 400");
    }

    [Fact]
    public async Task Audit_SearchedByAddressAndForm_PagesThroughAllAndSaysWhenNothingIsFound()
    {
        var log = app.Services.GetRequiredService<AuditLog>();
        var day = new DateTimeOffset(2026, 2, 3, 3, 0, 0, TimeSpan.Zero);
        for (var i = 0; i < AuditReader.PageSize + 5; i++)
            await log.WriteAsync(
                AuditLog.Entry(null, day.AddSeconds(i), AuditVerb.CampaignPaused, AuditSubject.Campaign, Guid.NewGuid(), $"Paused {i}"));
        await using var context = await TestBrowser.NewContextAsync(app.Address, 390, 844);
        var page = await AdminFixture.OpenAsync(
            context, "admin/audit?what=CampaignPaused&from=2026-02-03&to=2026-02-03", AdminFixture.Admin);
        await Assertions.Expect(page.Locator("[data-entry]")).ToHaveCountAsync(AuditReader.PageSize);
        await Assertions.Expect(page.GetByLabel("What", new() { Exact = true })).ToHaveValueAsync("Paused a campaign");
        Assert.Equal(0, await page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth"));
        await page.Locator("[data-do=older]").ClickAsync();
        await Assertions.Expect(page.Locator("[data-entry]")).ToHaveCountAsync(5);
        await Assertions.Expect(page.Locator("[data-do=older]")).ToHaveCountAsync(0);
        await page.Locator("[data-do=newest]").ClickAsync();
        await Assertions.Expect(page.Locator("[data-entry]")).ToHaveCountAsync(AuditReader.PageSize);

        await page.GetByLabel("What", new() { Exact = true }).ClickAsync();
        await page.Locator("[data-verb-choice=ErasureAsked]").ClickAsync();
        await Assertions.Expect(page.Locator("[data-empty]")).ToBeVisibleAsync();
        Assert.Contains("what=ErasureAsked", page.Url, StringComparison.Ordinal);
        await page.Locator("[data-empty] a").ClickAsync();
        await Assertions.Expect(page.Locator("[data-verb=AuditViewed]").First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Screens_SensorsAndHeat_AreOnTheCardAndNeedAttentionWhenTheyShould()
    {
        var (screen, token) = await app.Services.GetRequiredService<ScreenRegistry>()
            .RegisterAsync(app.Site.Id, "Elevator S", InferenceMode.Server);
        await using var player = await ScreenConnection.OpenAsync(app, token);
        var beat = Sample.Beat();
        await SendAsync(beat);
        await using var context = await TestBrowser.NewContextAsync(app.Address);
        var page = await AdminFixture.OpenAsync(context, "admin/screens", AdminFixture.Admin);
        var card = page.Locator($"[data-screen='{screen.Id}']");
        await Assertions.Expect(card.Locator("[data-clock]")).ToBeVisibleAsync();
        await Assertions.Expect(card.Locator("[data-cpu], [data-sensor]")).ToHaveCountAsync(0);

        await SendAsync(
            beat with
            {
                CpuCelsius = 61.7,
                Sensors = [new(SensorKind.Motion, SensorState.Empty, null), new(SensorKind.Distance, SensorState.Present, 0.64)],
            });
        await Assertions.Expect(card.Locator("[data-cpu]")).ToHaveTextAsync("62 °C");
        await Assertions.Expect(card.Locator("[data-sensor=Motion]")).ToHaveTextAsync("no movement");
        await Assertions.Expect(card.Locator("[data-sensor=Distance]")).ToHaveTextAsync("occupied, 0.6 m");
        await Assertions.Expect(card.Locator("[data-trouble]")).ToHaveCountAsync(0);

        await SendAsync(beat with { CpuCelsius = 84, Sensors = [new(SensorKind.Motion, SensorState.Unknown, null)] });
        await Assertions.Expect(card.Locator("[data-sensor=Motion]")).ToHaveTextAsync("no response");
        await Assertions.Expect(card.Locator("[data-trouble]")).ToHaveTextAsync([
            "A sensor in the cabin gives no usable reading, so the screen works without it. Check its wiring.",
            "The processor is at 84 °C. From 80 °C on it slows down, and ads may stutter. Check the ventilation."]);

        Task SendAsync(Heartbeat said) =>
            Microsoft.AspNetCore.SignalR.Client.HubConnectionExtensions.InvokeAsync<HeartbeatReply>(
                player.Hub, nameof(IScreenHub.Beat), said);
    }

    [Fact]
    public async Task Screens_AsATable_ChangesManyAtOnceAndRemembersItsColumns()
    {
        var registry = app.Services.GetRequiredService<ScreenRegistry>();
        var site = await registry.RegisterSiteAsync("Tabular tower", "", "Asia/Seoul", "", null);
        var first = (await registry.RegisterAsync(site.Id, "Row 1", InferenceMode.Server)).Screen.Id;
        foreach (var name in new[] { "Row 2", "Row 3" }) await registry.RegisterAsync(site.Id, name, InferenceMode.Server);
        await using var context = await TestBrowser.NewContextAsync(app.Address);
        var page = await AdminFixture.OpenAsync(context, $"admin/screens?site={site.Id}&view=table", AdminFixture.Admin);
        var table = page.Locator("[data-screens]");
        await Assertions.Expect(table.Locator("[data-screen]")).ToHaveCountAsync(3);
        await table.GetByLabel("Select Row 1").CheckAsync();
        await table.GetByLabel("Select Row 3").CheckAsync();
        await Assertions.Expect(page.Locator("[data-selected]")).ToHaveTextAsync("2 selected");
        await registry.RevokeAsync(first, null);
        await Assertions.Expect(table.GetByText("Token revoked")).ToHaveCountAsync(1); // a row that changes stays chosen
        await Assertions.Expect(page.Locator("[data-selected]")).ToHaveTextAsync("2 selected");
        await page.Locator("[data-do=many-device]").ClickAsync();
        await Assertions.Expect(page.Locator(".mud-dialog")).ToContainTextAsync("player of 2 screens?");
        await page.Locator(".mud-dialog [data-do=confirm]").ClickAsync();
        await Assertions.Expect(table.GetByText("in the player")).ToHaveCountAsync(2);
        await Assertions.Expect(page.Locator("[data-selected]")).ToHaveTextAsync("0 selected");
        await using (var db = app.NewContext())
            Assert.Equal(["Row 1", "Row 3"], await db.Screens.Where(s => s.SiteId == site.Id && s.Mode == InferenceMode.Device)
                .OrderBy(s => s.Name).Select(s => s.Name).ToListAsync());

        await page.Locator("[data-columns=screens] button").ClickAsync();
        await page.Locator("[data-column=mode]").ClickAsync();
        await Assertions.Expect(table.GetByText("in the player")).ToHaveCountAsync(0);
        await page.Keyboard.PressAsync("Escape");
        await page.ReloadAsync();
        await Assertions.Expect(page.Locator("[data-live=true]")).ToBeVisibleAsync();
        await Assertions.Expect(table.Locator("[data-screen]")).ToHaveCountAsync(3);
        await Assertions.Expect(table.GetByText("in the player")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Screens_AClockIsFarOff_TheCardSaysSoInPlainWords()
    {
        var (screen, token) = await app.Services.GetRequiredService<ScreenRegistry>()
            .RegisterAsync(app.Site.Id, "Elevator C", InferenceMode.Server);
        await using var player = await ScreenConnection.OpenAsync(app, token);
        var beat = Sample.Beat() with { ClockAheadMilliseconds = 120, ClockDriftPartsPerMillion = 12 };
        await SendAsync(beat);
        await using var context = await TestBrowser.NewContextAsync(app.Address);
        var page = await AdminFixture.OpenAsync(context, "admin/screens", AdminFixture.Admin);
        var card = page.Locator($"[data-screen='{screen.Id}']");
        await Assertions.Expect(card.Locator("[data-clock]")).ToContainTextAsync("in sync");
        await Assertions.Expect(card.Locator("[data-clock]")).ToContainTextAsync("+12 ppm");
        await Assertions.Expect(card.Locator("[data-trouble]")).ToHaveCountAsync(0);
        await SendAsync(beat with { ClockAheadMilliseconds = -3 * 3600_000, ClockDriftPartsPerMillion = -300 });
        await Assertions.Expect(card.Locator("[data-clock]")).ToContainTextAsync("3 h behind");
        await Assertions.Expect(card.Locator("[data-trouble]")).ToHaveCountAsync(2);

        Task SendAsync(Heartbeat said) =>
            Microsoft.AspNetCore.SignalR.Client.HubConnectionExtensions.InvokeAsync<HeartbeatReply>(
                player.Hub, nameof(IScreenHub.Beat), said);
    }
}
