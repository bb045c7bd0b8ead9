using System.Net;
using System.Text.RegularExpressions;
using FaceAd.Tests.Support;
using FaceAd.Web.Webhooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Webhooks;

/// <summary>Webhooks as those who manage an organisation see them.</summary>
public sealed partial class WebhookPagesTests(WebhookPagesTests.WithReceivers app) : IClassFixture<WebhookPagesTests.WithReceivers>
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
        using var owner = await app.SignInAsync(email);
        Assert.Contains("data-none", await owner.Http.GetStringAsync("organisation/webhooks"), StringComparison.Ordinal);
        Assert.Equal(
            "Url", await owner.SubmitBadlyAsync(
                "organisation/webhooks", "make", ("url", "ftp://example.com"), ("events", "campaign.ended")));
        Assert.Equal(
            "Events", await owner.SubmitBadlyAsync(
                "organisation/webhooks", "make", ("url", "https://example.com"), ("events", "screen.silent")));
        var url = new Uri(app.Address, "healthz").ToString(); // answers, and not with a yes to a POST
        using var made = await owner.SubmitAsync(
            "organisation/webhooks", "make", ("url", url), ("events", "campaign.ended"), ("events", "campaign.running"));
        Assert.True(made.Headers.CacheControl!.NoStore);
        var secret = Secret().Match(await made.Content.ReadAsStringAsync()).Groups[1].Value;
        Assert.StartsWith("whsec_", secret, StringComparison.Ordinal);
        await using var db = app.NewContext();
        var hook = await db.Webhooks.AsNoTracking().SingleAsync(w => w.Url == url);
        Assert.Equal(["campaign.ended", "campaign.running"], hook.Events);
        var page = $"organisation/webhooks/{hook.Id}";
        Assert.DoesNotContain(secret, await owner.Http.GetStringAsync("organisation/webhooks") + await owner.Http.GetStringAsync(page),
            StringComparison.Ordinal);

        Assert.EndsWith("?done=test", await owner.SubmitWellAsync(page, "test"), StringComparison.Ordinal);
        await Wait.UntilAsync(
            () =>
                db.WebhookDeliveries.AnyAsync(d => d.WebhookId == hook.Id && d.Tries == 1
                    && (d.LastStatus != null || d.LastError != null)), "the test delivery was tried");
        var shown = await owner.Http.GetStringAsync(page);
        Assert.Contains("data-delivery=\"webhook.test\"", shown, StringComparison.Ordinal);
        Assert.Matches("data-outcome=\"(retrying|arrived)\"", shown);
        Assert.EndsWith("?done=paused", await owner.SubmitWellAsync(page, "pause"), StringComparison.Ordinal);
        var delivery = await db.WebhookDeliveries.AsNoTracking().SingleAsync(d => d.WebhookId == hook.Id);
        Assert.EndsWith("?done=again", await owner.SubmitWellAsync(page, $"again-{delivery.Id:N}"), StringComparison.Ordinal);
        Assert.Equal("Paused", await owner.SubmitBadlyAsync(page, "test"));
        Assert.EndsWith("?done=resumed", await owner.SubmitWellAsync(page, "pause"), StringComparison.Ordinal);
        using var rotated = await owner.SubmitAsync(page, "rotate");
        var second = Secret().Match(await rotated.Content.ReadAsStringAsync()).Groups[1].Value;
        Assert.StartsWith("whsec_", second, StringComparison.Ordinal);
        Assert.NotEqual(secret, second);
        Assert.EndsWith("organisation/webhooks?done=deleted", await owner.SubmitWellAsync(page, "delete"), StringComparison.Ordinal);
        Assert.False(await db.Webhooks.AnyAsync(w => w.Id == hook.Id));
        using var gone = await owner.Http.GetAsync(page);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
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

    [GeneratedRegex("id=\"hook-secret\"[^>]*>([^<]+)<")]
    private static partial Regex Secret();
}
