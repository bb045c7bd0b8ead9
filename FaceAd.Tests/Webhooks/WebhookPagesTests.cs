using System.Net;
using Bunit;
using FaceAd.Tests.Components.People;
using FaceAd.Tests.Support;
using FaceAd.Web.Components.Pages.People;
using FaceAd.Web.Webhooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Webhooks;

/// <summary>Webhooks as those who manage an organisation see them.</summary>
public sealed class WebhookPagesTests(WebhookPagesTests.WithReceivers app) : IClassFixture<WebhookPagesTests.WithReceivers>
{
    /// <summary>The app, which may call addresses of this machine.</summary>
    public sealed class WithReceivers : RolesFixture
    {
        /// <inheritdoc/>
        protected override IReadOnlyDictionary<string, string> Settings =>
            new Dictionary<string, string>(base.Settings) { ["Webhooks:AllowPrivate"] = "true" };
    }

    [Fact]
    public async Task Webhook_MadeTestedPausedRotatedAndDeleted_ByItsOwner()
    {
        var (_, _, email) = await app.AddOrganisationAsync();
        await using var list = await CircuitPage.OpenAsync<Web.Components.Pages.People.Webhooks>(app, email);
        await list.SeesAsync("[data-none]");
        await list.PressAsync("[data-do=make]");
        await list.SeesAsync("[name=url]");
        await list.TypeAsync("[name=url]", "ftp://example.com");
        await list.SubmitAsync();
        await list.SeesAsync(".mud-dialog [data-problem=Url]");
        var url = new Uri(app.Address, "healthz").ToString(); // answers, and not with a yes to a POST
        await list.TypeAsync("[name=url]", url);
        await list.SubmitAsync();
        await list.SeesAsync("[data-secret]");
        var secret = list.View.Find("[data-secret]").TextContent;
        Assert.StartsWith("whsec_", secret, StringComparison.Ordinal);
        await list.PressAsync("[data-do=kept]");
        await list.MissesAsync("[data-secret]");
        Assert.DoesNotContain(secret, list.View.Markup, StringComparison.Ordinal);
        await using var db = app.NewContext();
        var hook = await db.Webhooks.AsNoTracking().SingleAsync(w => w.Url == url);
        Assert.DoesNotContain("campaign.draft", hook.Events);
        Assert.Contains("campaign.ended", hook.Events);

        await using var page = await CircuitPage.OpenAsync<WebhookPage>(app, email, ("Id", hook.Id));
        await page.PressAsync("[data-do=test]");
        await Wait.UntilAsync(
            () =>
                db.WebhookDeliveries.AnyAsync(d => d.WebhookId == hook.Id && d.Tries == 1
                    && (d.LastStatus != null || d.LastError != null)), "the test delivery was tried");
        await page.PressAsync("[data-do=reload]");
        await page.SeesAsync("[data-delivery='webhook.test']");
        await page.SeesAsync("[data-outcome=retrying], [data-outcome=arrived]");
        await page.PressAsync("[data-do=details]");
        await page.SeesAsync("[data-details] pre");
        Assert.Contains("\"type\": \"webhook.test\"", page.View.Find("[data-details] pre").TextContent, StringComparison.Ordinal);
        await page.PressAsync("[data-do=pause]");
        await page.SeesAsync("[data-state=paused]");
        await page.MissesAsync("[data-do=test]");
        await page.PressAsync("[data-do=again]");
        await page.SeesAsync("[data-outcome=waiting]");
        await page.PressAsync("[data-do=pause]");
        await page.SeesAsync("[data-state=active]");
        await page.PressAsync("[data-do=rotate]");
        await page.PressAsync(".mud-dialog [data-do=confirm]");
        await page.SeesAsync("[data-secret]");
        Assert.StartsWith("whsec_", page.View.Find("[data-secret]").TextContent, StringComparison.Ordinal);
        Assert.NotEqual(secret, page.View.Find("[data-secret]").TextContent);
        await page.PressAsync("[data-do=kept]");
        await page.MissesAsync("[data-secret]");
        await page.PressAsync("[data-do=delete]");
        await page.PressAsync(".mud-dialog [data-do=confirm]");
        await page.SeesAsync("[data-gone]");
        Assert.False(await db.Webhooks.AnyAsync(w => w.Id == hook.Id));
        using var owner = await app.SignInAsync(email);
        using var gone = await owner.Http.GetAsync($"organisation/webhooks/{hook.Id}");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task Deliveries_FilteredSortedAndPaged_AreOfTheOwnWebhook()
    {
        var service = app.Services.GetRequiredService<WebhookService>();
        var owner = await app.ViewerAsync(RolesFixture.Owner);
        var (hook, _, _) = await service.MakeAsync(owner, "https://example.com/paged", ["campaign.ended"]);
        Assert.Null(await service.SetPausedAsync(owner, hook!.Id, true)); // nothing is sent meanwhile
        var at = TimeProvider.System.GetUtcNow().AddHours(-1);
        await using (var db = app.NewContext())
        {
            for (var i = 0; i < 6; i++)
                db.Add(new WebhookDelivery
                {
                    WebhookId = hook.Id,
                    Event = $"event.{i}",
                    Payload = "{}",
                    CreatedAt = at.AddMinutes(i),
                    NextTryAt = i < 3 ? at : null,
                    DeliveredAt = i == 5 ? at : null,
                });
            await db.SaveChangesAsync();
        }
        async Task<(string Events, int Total)> ReadAsync(DeliveryOutcome? outcome, bool oldestFirst, int skip, int take)
        {
            var (page, total) = await service.PageAsync(owner, hook.Id, outcome, oldestFirst, skip, take);
            return (string.Join(' ', page.Select(d => d.Event[^1])), total);
        }
        Assert.Equal(("5 4", 6), await ReadAsync(null, false, 0, 2));
        Assert.Equal(("2 3", 6), await ReadAsync(null, true, 2, 2));
        Assert.Equal(("2 1 0", 3), await ReadAsync(DeliveryOutcome.Waiting, false, 0, 25));
        Assert.Equal(("4 3", 2), await ReadAsync(DeliveryOutcome.GivenUp, false, 0, 25));
        Assert.Equal(("5", 1), await ReadAsync(DeliveryOutcome.Arrived, false, 0, 25));
        var (others, none) = await service.PageAsync(
            await app.ViewerAsync(RolesFixture.OtherOwner), hook.Id, null, false, 0, 25);
        Assert.Equal((0, 0), (others.Count, none));
    }

    [Fact]
    public async Task Webhook_OfAnother_DoesNotExist()
    {
        var service = app.Services.GetRequiredService<WebhookService>();
        var (hook, _, _) = await service.MakeAsync(
            await app.ViewerAsync(RolesFixture.Owner), "https://example.com/hook", ["campaign.ended"]);
        using var other = await app.SignInAsync(RolesFixture.OtherOwner);
        using var page = await other.Http.GetAsync($"organisation/webhooks/{hook!.Id}");
        Assert.Equal(HttpStatusCode.NotFound, page.StatusCode);
        Assert.DoesNotContain("example.com/hook", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain("example.com/hook", await other.Http.GetStringAsync("organisation/webhooks"), StringComparison.Ordinal);
    }
}
