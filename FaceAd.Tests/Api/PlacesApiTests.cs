using System.Net;
using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Watch;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Tokens;
using FaceAd.Web.Plays;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Api;

/// <summary>Buildings, screens and groups for programs.</summary>
public sealed class PlacesApiTests(OneConnection app) : IClassFixture<OneConnection>
{
    [Fact]
    public async Task Site_RegisteredConsentedMeasuredAndClosed_ByAProgram()
    {
        using var media = await ApiCaller.OfAsync(app, PeopleFixture.Admin);
        var name = Name("Tower");
        var site = await media.PostAsync("sites", new { name, address = "1 Street" });
        var path = $"sites/{site.GetProperty("id").GetGuid()}";
        Assert.False(site.GetProperty("measured").GetBoolean());
        Assert.Equal("Asia/Seoul", site.GetProperty("timeZone").GetString());
        Assert.Equal(
            "NoConsent", await media.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Put, path + "/measurement", new { on = true }));
        var consented = await media.PutAsync(path + "/consent", new { reference = "Contract 7" });
        Assert.Equal("Contract 7", consented.GetProperty("consent").GetProperty("reference").GetString());
        Assert.False(consented.GetProperty("measured").GetBoolean());
        Assert.True((await media.PutAsync(path + "/measurement", new { on = true })).GetProperty("measured").GetBoolean());
        Assert.Equal("NoNotice", await media.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Put, path + "/notice", new { notice = " " }));
        Assert.Equal("We count", (await media.PutAsync(path + "/notice", new { notice = "We count" })).GetProperty("notice").GetString());
        Assert.False((await media.DeleteAsync(path + "/consent", HttpStatusCode.OK)).GetProperty("measured").GetBoolean());
        Assert.Equal(
            "Confirm", await media.RefusedAsync(
                HttpStatusCode.UnprocessableEntity, HttpMethod.Post, path + "/erasure", new { confirm = "Other" }));
        Assert.Equal(
            0, (await media.PostAsync(path + "/erasure", new { confirm = name }, HttpStatusCode.OK)).GetProperty("persons").GetInt32());
        await using var db = app.NewContext();
        var id = site.GetProperty("id").GetGuid();
        Assert.Equal(
            [AuditVerb.SiteRegistered, AuditVerb.ConsentRecorded, AuditVerb.MeasurementOn, AuditVerb.NoticeChanged,
                AuditVerb.ConsentWithdrawn, AuditVerb.MeasurementOff, AuditVerb.ErasureAsked],
            await db.AuditEntries.Where(e => e.SubjectId == id).OrderBy(e => e.Id).Select(e => e.Verb).ToListAsync());
    }

    [Fact]
    public async Task HandOver_OneNodeAndBadCallers_AreRefusedInWords()
    {
        using var media = await ApiCaller.OfAsync(app, PeopleFixture.Admin);
        var node = Assert.Single((await media.GetAsync("nodes")).GetProperty("items").EnumerateArray());
        Assert.Contains(node.GetProperty("state").GetString(), (string[])["serves", "away"]); // a busy machine renews late
        Assert.Null(node.GetProperty("address").GetString());
        var path = $"sites/{(await media.PostAsync("sites", new { name = Name("Tower") })).GetProperty("id").GetGuid()}/hand-over";
        Assert.Equal("NoNode", await RefusedAsync(HttpStatusCode.Conflict, path, new { }));
        Assert.Equal("NoNode", await RefusedAsync(HttpStatusCode.Conflict, path, new { node = "http://169.254.169.254/' OR true --" }));
        Assert.Equal("NoNode", await RefusedAsync(HttpStatusCode.Conflict, path, new { node = "" }));
        Assert.Equal("TooLong", await RefusedAsync(HttpStatusCode.UnprocessableEntity, path, new { node = new string('x', 241) }));
        Assert.Equal("TooLong", await RefusedAsync(HttpStatusCode.UnprocessableEntity, path, new { node = "http://a\0" }));
        Assert.Equal("Body", await RefusedAsync(HttpStatusCode.BadRequest, path, new { node = 7 }));
        Assert.Equal("NoSite", await RefusedAsync(HttpStatusCode.NotFound, $"sites/{Guid.NewGuid()}/hand-over", new { }));
        using var reader = await ApiCaller.OfAsync(app, PeopleFixture.Admin, ApiScopes.ScreensRead);
        Assert.Equal("NoScope", await reader.RefusedAsync(HttpStatusCode.Forbidden, HttpMethod.Post, path, new { }));
        using var advertiser = await ApiCaller.OfAsync(app, RolesFixture.Owner);
        Assert.Equal("NoScope", await advertiser.RefusedAsync(HttpStatusCode.Forbidden, HttpMethod.Post, path, new { }));
        Assert.Equal("NoScope", await advertiser.RefusedAsync(HttpStatusCode.Forbidden, HttpMethod.Get, "nodes"));

        Task<string?> RefusedAsync(HttpStatusCode status, string to, object body) => media.RefusedAsync(status, HttpMethod.Post, to, body);
    }

    [Fact]
    public async Task Site_Changed_KeepsItsTimeZoneOnceAScreenWasSeen()
    {
        using var media = await ApiCaller.OfAsync(app, PeopleFixture.Admin);
        var (name, other) = (Name("Site"), Name("Other"));
        var id = (await media.PostAsync("sites", new { name })).GetProperty("id").GetGuid();
        await media.PostAsync("sites", new { name = other });
        var changed = await media.PutAsync($"sites/{id}", new { name = name + " 2", address = "2 Street", timeZone = "Asia/Tokyo" });
        Assert.Equal((name + " 2", "2 Street", "Asia/Tokyo"),
            (changed.GetProperty("name").GetString(), changed.GetProperty("address").GetString(), changed.GetProperty("timeZone")
                .GetString()));
        Assert.Equal(
            "NameTaken", await media.RefusedAsync(
                HttpStatusCode.Conflict, HttpMethod.Put, $"sites/{id}", new { name = other, timeZone = "Asia/Tokyo" }));
        Assert.Equal(
            "TimeZone", await media.RefusedAsync(
                HttpStatusCode.UnprocessableEntity, HttpMethod.Put, $"sites/{id}", new { name, timeZone = "Mars/Olympus" }));
        var screen = (await media.PostAsync("screens", new { siteId = id, name = "A" })).GetProperty("id").GetGuid();
        await using (var db = app.NewContext()) await db.Screens.Where(s => s.Id == screen)
            .ExecuteUpdateAsync(s => s.SetProperty(x => x.LastSeenAt, TimeProvider.System.GetUtcNow()));
        Assert.Equal(
            "TimeZoneStays", await media.RefusedAsync(
                HttpStatusCode.Conflict, HttpMethod.Put, $"sites/{id}", new { name, timeZone = "Asia/Seoul" }));
        Assert.Equal(name, (await media.PutAsync($"sites/{id}", new { name, timeZone = "Asia/Tokyo" })).GetProperty("name").GetString());
    }

    [Fact]
    public async Task Screen_TokenIsToldOnceRenewedAndRevoked()
    {
        using var media = await ApiCaller.OfAsync(app, PeopleFixture.Admin);
        var site = (await media.PostAsync("sites", new { name = Name("Site") })).GetProperty("id").GetGuid();
        var made = await media.PostAsync("screens", new { siteId = site, name = "A", mode = "device" }, key: "screen-1");
        var (id, token) = (made.GetProperty("id").GetGuid(), made.GetProperty("token").GetString()!);
        var again = await media.PostAsync("screens", new { siteId = site, name = "A", mode = "device" }, HttpStatusCode.OK, "screen-1");
        Assert.Equal((id, null), (again.GetProperty("id").GetGuid(), again.GetProperty("token").GetString()));
        var directory = app.Services.GetRequiredService<ScreenDirectory>();
        Assert.Equal(id, directory.FindByToken(token)?.Id);
        Assert.Equal(
            "NameTaken", await media.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Post, "screens", new { siteId = site, name = "A" }));
        Assert.Equal(
            "NoSite", await media.RefusedAsync(
                HttpStatusCode.NotFound, HttpMethod.Post, "screens", new { siteId = Guid.NewGuid(), name = "A" }));
        var renewed = (await media.PostAsync($"screens/{id}/token", new { }, HttpStatusCode.OK)).GetProperty("token").GetString()!;
        Assert.Null(directory.FindByToken(token));
        Assert.Equal(id, directory.FindByToken(renewed)?.Id);
        var changed = await media.PutAsync($"screens/{id}", new { name = "B", mode = "server" });
        Assert.Equal(
            ("B", "server", false), (changed.GetProperty("name").GetString(), changed.GetProperty("mode")
                .GetString(), changed.GetProperty("connected").GetBoolean()));
        Assert.Equal(InferenceMode.Server, directory.Find(id)!.Mode);
        Assert.Equal(0, changed.GetProperty("disputedPlays").GetInt64());
        await using (var db = app.NewContext())
        {
            var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
            DisputedPlayDay Of(int daysAgo, DisputeReason reason, long plays) =>
                new() { ScreenId = id, Day = today.AddDays(-daysAgo), Reason = reason, Plays = plays };
            db.AddRange(
                Of(0, DisputeReason.Overlap, 3), Of(9, DisputeReason.Overlap, 4), Of(9, DisputeReason.Frames, 5),
                Of(31, DisputeReason.Frames, 9));
            await db.SaveChangesAsync();
        }
        Assert.Equal(12, (await media.GetAsync($"screens/{id}")).GetProperty("disputedPlays").GetInt64());
        Assert.Equal(12, (await media.GetAsync($"screens?site={site}")).GetProperty("items")[0].GetProperty("disputedPlays").GetInt64());
        Assert.Equal(
            "ScreenStays", await media.RefusedAsync(
                HttpStatusCode.UnprocessableEntity, HttpMethod.Put, $"screens/{id}", new { siteId = Guid.NewGuid() }));
        await media.DeleteAsync($"screens/{id}/token");
        Assert.Null(directory.FindByToken(renewed));
        Assert.NotNull((await media.GetAsync($"screens?site={site}")).GetProperty("items")[0].GetProperty("revokedAt").GetString());
        Assert.Equal("NoScreen", await media.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Post, $"screens/{Guid.NewGuid()}/token"));
    }

    [Fact]
    public async Task Group_MadeByTheMediaOwner_IsReadByAdvertisers()
    {
        using var media = await ApiCaller.OfAsync(app, PeopleFixture.Admin);
        using var advertiser = await ApiCaller.OfAsync(app, RolesFixture.Owner);
        var terms = new { name = Name("Site") };
        var site = (await media.PostAsync("sites", terms, key: "s")).GetProperty("id").GetGuid();
        Assert.Equal(site, (await media.PostAsync("sites", terms, HttpStatusCode.OK, "s")).GetProperty("id").GetGuid());
        var name = Name("Group");
        var ids = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post,
                "groups")
            {
                Content = System.Net.Http.Json.JsonContent.Create(new { name, siteIds = new[] { site } }),
                Headers = { { "Idempotency-Key", "g" } }
            };
            using var answer = await media.Http.SendAsync(request);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
            return System.Text.Json.JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("id").GetGuid();
        }));
        var id = Assert.Single(ids.Distinct());
        Assert.Equal(name, (await advertiser.GetAsync($"groups/{id}")).GetProperty("name").GetString());
        Assert.Equal(
            "NoScope", await advertiser.RefusedAsync(
                HttpStatusCode.Forbidden, HttpMethod.Post, "groups", new { name = "Mine", siteIds = new[] { site } }));
        Assert.Equal(
            "SitesMissing", await media.RefusedAsync(
                HttpStatusCode.UnprocessableEntity, HttpMethod.Put, $"groups/{id}", new { name, siteIds = Array.Empty<Guid>() }));
        await advertiser.PostAsync(
            "campaigns",
            new
            {
                name = "In group",
                startsOn = "2030-01-01",
                endsOn = "2030-01-09",
                targets = new[] { "silver" },
                budgetKrw = 1000,
                groupIds = new[] { id }
            });
        Assert.Equal("InUse", await media.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Delete, $"groups/{id}"));
        Assert.Equal(
            "Gone", await media.RefusedAsync(
                HttpStatusCode.NotFound, HttpMethod.Put, $"groups/{Guid.NewGuid()}", new { name = Name("X"), siteIds = new[] { site } }));
    }

    [Fact]
    public async Task Site_ForAnAdvertiser_HasNoAddressNoticeOrConsent()
    {
        using var media = await ApiCaller.OfAsync(app, PeopleFixture.Admin);
        using var advertiser = await ApiCaller.OfAsync(app, RolesFixture.Owner);
        var id = (await media.PostAsync("sites", new { name = Name("Secret"), address = "Behind the wall", consent = "Contract 9" }))
            .GetProperty("id").GetGuid();
        var seen = (await advertiser.GetAsync($"sites/{id}")).GetRawText();
        Assert.DoesNotContain("Behind the wall", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("Contract 9", seen, StringComparison.Ordinal);
        Assert.Contains("Contract 9", (await media.GetAsync($"sites/{id}")).GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sites", """{"name":""}""", 422)]
    [InlineData("sites", """{"name":7}""", 400)]
    [InlineData("sites", """["name"]""", 400)]
    [InlineData("sites", """{"name":"A\u0000B"}""", 422)]
    [InlineData("sites", """{"name":"\ud800"}""", 400)]
    [InlineData("sites", """{"name":"A","timeZone":"../../etc/passwd"}""", 422)]
    [InlineData("screens", """{"name":"A","siteId":"nothing"}""", 400)]
    [InlineData("screens", """{"name":"A","mode":"1"}""", 422)]
    [InlineData("groups", """{"name":"A","siteIds":[null]}""", 400)]
    [InlineData("campaigns/bulk", """{"action":"pause","campaigns":[null]}""", 400)]
    [InlineData("campaigns/bulk", """{"action":"0","campaigns":[]}""", 400)]
    [InlineData("inventory", """{"targets":["silver, kids"]}""", 422)]
    [InlineData("webhooks", """{"url":"https://e.com/","events":[null]}""", 422)]
    [InlineData("invitations", """{"email":"a@b.c","role":"emperor"}""", 422)]
    [InlineData("invitations", """{"email":"a@b.c\r\nBcc: d@e.f","role":"admin"}""", 422)]
    [InlineData("notifications/read", """{"upTo":"soon"}""", 400)]
    public async Task Post_Nonsense_IsAProblem(string path, string body, int status)
    {
        using var media = await ApiCaller.OfAsync(app, PeopleFixture.Admin);
        await media.RefusedAsync(
            (HttpStatusCode)status, HttpMethod.Post, path, new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
    }

    [Fact]
    public async Task Post_TooLargeNotJsonOrNowhere_IsAProblemInTheCallersLanguage()
    {
        using var media = await ApiCaller.OfAsync(app, PeopleFixture.Admin);
        Assert.Equal(
            "TooLarge", await media.RefusedAsync(
                HttpStatusCode.RequestEntityTooLarge, HttpMethod.Post, "sites", new { name = new string('x', 200_000) }));
        Assert.Equal(
            "NotJson", await media.RefusedAsync(HttpStatusCode.UnsupportedMediaType, HttpMethod.Post, "sites",
                new StringContent("name=x", System.Text.Encoding.UTF8, "application/x-www-form-urlencoded")));
        Assert.Equal(
            "Key", await media.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "sites", new { name = "x" }, new string('k', 101)));
        media.Http.DefaultRequestHeaders.AcceptLanguage.ParseAdd("ko");
        using var answer = await media.Http.GetAsync($"campaigns/{Guid.NewGuid()}");
        Assert.Contains("캠페인", await Text(answer), StringComparison.Ordinal);
        media.Http.DefaultRequestHeaders.Authorization = new("Bearer", "fat_nothing");
        using var stranger = await media.Http.GetAsync("campaigns");
        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
        Assert.Contains("토큰", await Text(stranger), StringComparison.Ordinal);
        static async Task<string> Text(HttpResponseMessage answer) =>
            System.Text.Json.JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("detail").GetString()!;
    }

    private static string Name(string prefix) => $"{prefix} {Guid.NewGuid():N}";
}
