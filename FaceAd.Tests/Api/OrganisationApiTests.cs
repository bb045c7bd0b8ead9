using System.Net;
using System.Text.Json;
using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Watch;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Tokens;
using FaceAd.Web.Campaigns;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Tests.Api;

/// <summary>People, tokens, links, webhooks and the audit log for programs.</summary>
public sealed class OrganisationApiTests(OneConnection app) : IClassFixture<OneConnection>
{
    [Fact]
    public async Task Members_InvitedPromotedAndRemoved_ByAProgramThatMay()
    {
        var (organisation, ownerId, owner) = await app.AddOrganisationAsync();
        using var program = await ApiCaller.OfAsync(app, owner);
        using var reader = await ApiCaller.OfAsync(app, owner, ApiScopes.MembersRead);
        using var writer = await ApiCaller.OfAsync(app, owner, ApiScopes.CampaignsWrite);
        var email = app.NewAddress();
        var invitation = await program.PostAsync("invitations", new { email, role = "analyst" }, key: "i1");
        var mail = (await app.MailAsync(email))!.Id;
        Assert.Equal(invitation.GetProperty("id").GetGuid(),
            (await program.PostAsync("invitations", new { email, role = "analyst" }, HttpStatusCode.OK, "i1")).GetProperty("id").GetGuid());
        Assert.Equal(mail, (await app.MailAsync(email))!.Id); // no second mail
        Assert.Single((await reader.GetAsync("invitations")).EnumerateArray());
        Assert.Equal(
            "NoScope", await reader.RefusedAsync(
                HttpStatusCode.Forbidden, HttpMethod.Post, "invitations", new { email, role = "analyst" }));
        Assert.Equal("NoScope", await writer.RefusedAsync(HttpStatusCode.Forbidden, HttpMethod.Get, "members"));
        await program.DeleteAsync($"invitations/{invitation.GetProperty("id").GetGuid()}");
        Assert.Equal(
            "NoInvitation", await program.RefusedAsync(
                HttpStatusCode.NotFound, HttpMethod.Delete, $"invitations/{invitation.GetProperty("id").GetGuid()}"));

        var (member, address) = await app.AddUserAsync(organisation, Roles.Analyst);
        Assert.Equal(new[] { address, owner }.Order(), (await reader.GetAsync("members")).EnumerateArray()
            .Select(m => m.GetProperty("email").GetString()).Order());
        await program.PutAsync($"members/{member}/role", new { role = "advertiser" }, HttpStatusCode.NoContent);
        Assert.Equal(
            "Word", await program.RefusedAsync(
                HttpStatusCode.UnprocessableEntity, HttpMethod.Put, $"members/{member}/role", new { role = "admin" }));
        Assert.Equal("Last", await program.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Delete, $"members/{ownerId}"));
        var stranger = (await app.ViewerAsync(RolesFixture.OtherMember)).UserId;
        Assert.Equal("Denied", await program.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Delete, $"members/{stranger}"));
        Assert.Equal(
            "Denied", await program.RefusedAsync(
                HttpStatusCode.NotFound, HttpMethod.Put, $"members/{stranger}/role", new { role = "analyst" }));
        await program.DeleteAsync($"members/{member}");
        Assert.Single((await reader.GetAsync("members")).EnumerateArray());
        await program.PutAsync("organisation", new { name = organisation.Name + " 2", requiresTwoFactor = true });
        Assert.True((await reader.GetAsync("organisation")).GetProperty("requiresTwoFactor").GetBoolean());

        // What the program did stands under its name, and it can end the tokens but make none.
        await using var db = app.NewContext();
        Assert.Contains(await db.AuditEntries.Where(e => e.OrganisationId == organisation.Id && e.Verb == AuditVerb.MemberRemoved)
            .Select(e => e.UserName).ToListAsync(), n => n!.Contains("(API: Test)", StringComparison.Ordinal));
        await program.RefusedAsync(
            HttpStatusCode.MethodNotAllowed, HttpMethod.Post, "tokens", new { name = "More", scopes = new[] { "members:write" } });
        var ended = (await reader.GetAsync("tokens")).EnumerateArray()
            .Single(t => t.GetProperty("scopes").EnumerateArray().Any(s => s.GetString() == "campaigns:write")
                && t.GetProperty("scopes").GetArrayLength() == 1).GetProperty("id").GetGuid();
        await program.DeleteAsync($"tokens/{ended}");
        Assert.Equal("NoToken", await writer.RefusedAsync(HttpStatusCode.Unauthorized, HttpMethod.Get, "me"));
    }

    [Fact]
    public async Task MailSwitches_BelongToWhoeverMadeTheToken()
    {
        var (_, _, owner) = await app.AddOrganisationAsync();
        using var program = await ApiCaller.OfAsync(app, owner);
        var at = await program.GetAsync("notifications/mail");
        Assert.Equal(
            (true, true, false), (at.GetProperty("campaignApproved").GetBoolean(), at.GetProperty("commented")
                .GetBoolean(), at.GetProperty("creativeReady").GetBoolean()));
        Assert.False(at.TryGetProperty("screenSilent", out _)); // the media owner's
        var after = await program.PutAsync("notifications/mail", new { commented = false, creativeReady = true });
        Assert.Equal(
            (true, false, true), (after.GetProperty("campaignApproved").GetBoolean(), after.GetProperty("commented")
                .GetBoolean(), after.GetProperty("creativeReady").GetBoolean()));
        Assert.Equal(
            "Word", await program.RefusedAsync(
                HttpStatusCode.BadRequest, HttpMethod.Put, "notifications/mail", new { screenSilent = true }));
        Assert.True((await (await ApiCaller.OfAsync(app, RolesFixture.Owner)).GetAsync("notifications/mail")).GetProperty("commented")
            .GetBoolean());
    }

    [Fact]
    public async Task Link_MadeByAProgram_OpensUntilItIsEnded()
    {
        using var advertiser = await ApiCaller.OfAsync(app, RolesFixture.Owner);
        using var reader = await ApiCaller.OfAsync(app, RolesFixture.Owner, ApiScopes.ReportsRead);
        using var other = await ApiCaller.OfAsync(app, RolesFixture.OtherOwner);
        using var nobody = app.NewClient();
        var id = (await app.AddCampaignAsync(app.First, CampaignState.Approved)).Id;
        Assert.Equal(
            "NoScope", await reader.RefusedAsync(HttpStatusCode.Forbidden, HttpMethod.Post, $"campaigns/{id}/links", new { days = 7 }));
        Assert.Equal(
            "Word", await advertiser.RefusedAsync(
                HttpStatusCode.UnprocessableEntity, HttpMethod.Post, $"campaigns/{id}/links", new { days = 8 }));
        Assert.Equal(
            "NoCampaign", await other.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Post, $"campaigns/{id}/links", new { days = 7 }));
        var made = await advertiser.PostAsync($"campaigns/{id}/links", new { days = 7 }, key: "l");
        var address = made.GetProperty("address").GetString()!;
        Assert.Null((await advertiser.PostAsync($"campaigns/{id}/links", new { days = 7 }, HttpStatusCode.OK, "l")).GetProperty("address")
            .GetString());
        Assert.Equal(HttpStatusCode.OK, (await nobody.GetAsync(new Uri(address))).StatusCode);
        Assert.Equal(1, (await reader.GetAsync($"campaigns/{id}/links"))[0].GetProperty("opened").GetInt32());
        Assert.Equal(
            "NoLink", await other.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Delete, $"links/{made.GetProperty("id").GetGuid()}"));
        await advertiser.DeleteAsync($"links/{made.GetProperty("id").GetGuid()}");
        Assert.Equal(HttpStatusCode.NotFound, (await nobody.GetAsync(new Uri(address))).StatusCode);
    }

    [Fact]
    public async Task Webhook_TestedPausedRotatedAndSentAgain_ByAProgram()
    {
        using var program = await ApiCaller.OfAsync(app, RolesFixture.Owner);
        using var other = await ApiCaller.OfAsync(app, RolesFixture.OtherOwner);
        var hook = new { url = "https://127.0.0.1:1/hook", events = new[] { "campaign.ended" } };
        var made = await program.PostAsync("webhooks", hook, key: "w");
        var (id, secret) = (made.GetProperty("id").GetGuid(), made.GetProperty("secret").GetString());
        Assert.Null(
            (await program.PostAsync("webhooks", hook, HttpStatusCode.OK, "w")).GetProperty("secret").GetString());
        var delivery = (await program.PostAsync($"webhooks/{id}/test", new { }, HttpStatusCode.Accepted)).GetProperty("id").GetGuid();
        // It is no public address, so that it fails; a node takes it within seconds.
        await using var db = app.NewContext();
        await Wait.UntilAsync(() =>
            db.WebhookDeliveries.AnyAsync(d => d.Id == delivery && d.LastError != null), "the test delivery has failed");
        var told = await program.GetAsync($"webhooks/{id}/deliveries?limit=1");
        Assert.Equal(
            ("webhook.test", 1),
            (told.GetProperty("items")[0].GetProperty("event").GetString(), told.GetProperty("items")[0].GetProperty("tries").GetInt32()));
        await program.PutAsync($"webhooks/{id}/paused", new { on = true }, HttpStatusCode.NoContent);
        Assert.Equal("WebhookPaused", await program.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Post, $"webhooks/{id}/test"));
        await program.PostAsync($"webhooks/{id}/deliveries/{delivery}/again", new { }, HttpStatusCode.Accepted);
        Assert.Equal(0, (await program.GetAsync($"webhooks/{id}")).GetProperty("last").GetProperty("tries").GetInt32());
        Assert.NotNull((await program.GetAsync($"webhooks/{id}")).GetProperty("pausedAt").GetString());
        Assert.NotEqual(secret, (await program.PostAsync($"webhooks/{id}/secret", new { }, HttpStatusCode.OK)).GetProperty("secret")
            .GetString());
        foreach (var (method, path) in new[] { ("GET", ""), ("DELETE", ""), ("POST", "/test"), ("POST", "/secret"), ("GET", "/deliveries"), ("POST", $"/deliveries/{delivery}/again") })
            Assert.Equal("NoWebhook", await other.RefusedAsync(HttpStatusCode.NotFound, new HttpMethod(method), $"webhooks/{id}{path}"));
        await program.DeleteAsync($"webhooks/{id}");
    }

    [Fact]
    public async Task Audit_SearchedByTheMediaOwner_IsPagedAndWritesDownThatSomebodyLooked()
    {
        using var media = await ApiCaller.OfAsync(app, PeopleFixture.Admin);
        using var advertiser = await ApiCaller.OfAsync(app, RolesFixture.Owner);
        var name = $"Needle {Guid.NewGuid():N}";
        var id =
            (await advertiser.PostAsync("campaigns",
                new { name, startsOn = "2030-01-01", endsOn = "2030-01-09", targets = new[] { "kids" }, budgetKrw = 5 }))
                    .GetProperty("id").GetGuid();
        var found = await media.GetAsync($"audit?text={Uri.EscapeDataString(name)}&verb=campaignCreated");
        Assert.Equal(id, Assert.Single(found.GetProperty("items").EnumerateArray()).GetProperty("subjectId").GetGuid());
        Assert.NotEmpty((await media.GetAsync("audit?verb=auditViewed")).GetProperty("items").EnumerateArray());
        Assert.Equal("NoScope", await advertiser.RefusedAsync(HttpStatusCode.Forbidden, HttpMethod.Get, "audit"));
        foreach (var query in new[] { "verb=7", "verb=nothing", "from=yesterday", "to=2026-13-01", "after=x", "text=%00" })
            await media.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Get, "audit?" + query);
    }

    [Fact]
    public async Task Figures_OfTheMediaOwner_AreReadByItsProgramsOnly()
    {
        using var media = await ApiCaller.OfAsync(app, PeopleFixture.Admin);
        using var advertiser = await ApiCaller.OfAsync(app, RolesFixture.Owner);
        var children = await app.AddCampaignAsync(app.First, CampaignState.Approved);
        await using (var db = app.NewContext())
        {
            await db.Campaigns.Where(c => c.Id == children.Id).ExecuteUpdateAsync(s => s
                .SetProperty(c => c.Targets, new[] { Segment.Kids }).SetProperty(c => c.BudgetKrw, 9_000_000_000));
            db.Add(new Creative
            {
                OrganisationId = app.First.Id,
                CampaignId = children.Id,
                Name = "Creative",
                Sha256 = new string('e', 64),
                Bytes = 1,
                Seconds = 1,
                Width = 1,
                Height = 1,
                CreatedAt = TimeProvider.System.GetUtcNow(),
            });
            await db.SaveChangesAsync();
        }
        var overview = await media.GetAsync("overview");
        Assert.Equal(JsonValueKind.Number, overview.GetProperty("waiting").ValueKind);
        // A figure that is null for a reason has it.
        var running = overview.GetProperty("running").EnumerateArray().Single(r => r.GetProperty("id").GetGuid() == children.Id);
        Assert.Equal((JsonValueKind.Null, "children"),
            (running.GetProperty("reach").ValueKind, running.GetProperty("reachReason").GetString()));
        Assert.Equal("tooEarly", running.GetProperty("cpmReason").GetString());
        Assert.Equal(24, (await media.GetAsync("audience?from=2026-01-01&to=2026-01-31")).GetProperty("hours").GetArrayLength());
        Assert.NotEmpty((await media.GetAsync("privacy")).GetProperty("binaryColumns").EnumerateArray());
        Assert.Equal("OwnersOnly", await advertiser.RefusedAsync(HttpStatusCode.Forbidden, HttpMethod.Get, "overview"));
        Assert.Equal("OwnersOnly", await advertiser.RefusedAsync(HttpStatusCode.Forbidden, HttpMethod.Get, "audience"));
        await advertiser.RefusedAsync(HttpStatusCode.Forbidden, HttpMethod.Get, "privacy");
        await media.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Get, "audience?from=1926-01-01");
        // As on the page: viewing another organisation's exact figures is logged.
        var campaign = await app.AddCampaignAsync(app.First, CampaignState.Approved);
        await media.GetAsync($"campaigns/{campaign.Id}/report?tables=figures");
        Assert.Equal(
            1, await app.NewContext().AuditEntries.CountAsync(e => e.SubjectId == campaign.Id && e.Verb == AuditVerb.FiguresViewed));
    }
}
