using System.Net;
using System.Text.Json;
using FaceAd.Tests.Api;
using FaceAd.Tests.Support;

namespace FaceAd.Tests.Campaigns;

public sealed partial class ChangeRequestTests
{
    [Fact]
    public async Task Api_AskReadReplaceAcceptDecline_ByPrograms()
    {
        var (id, _) = await BookedAsync();
        using var advertiser = await ApiCaller.OfAsync(app, RolesFixture.Owner);
        using var other = await ApiCaller.OfAsync(app, RolesFixture.OtherOwner);
        using var media = await ApiCaller.OfAsync(app, PeopleFixture.Admin);
        var path = $"campaigns/{id}/change-requests";
        var ends = Today.AddDays(30);
        var longer = new { endsOn = ends, message = "Longer, please" };
        var made = await advertiser.PostAsync(path, longer, key: "order-1");
        var request = made.GetProperty("id").GetGuid();
        Assert.Equal("dates", made.GetProperty("changed")[0].GetString());
        Assert.Equal(
            request, (await advertiser.PostAsync(path, longer, HttpStatusCode.OK, "order-1")).GetProperty("id").GetGuid());
        async Task<string?> RefusedAsync(ApiCaller caller, HttpStatusCode status, string to, object body) =>
            await caller.RefusedAsync(status, HttpMethod.Post, $"{path}{to}", body);
        Assert.Equal("ChangeOpen", await RefusedAsync(advertiser, HttpStatusCode.Conflict, "", new { budgetKrw = 2_000_000 }));
        Assert.Equal("Terms", await RefusedAsync(
            advertiser, HttpStatusCode.UnprocessableEntity, "", new { budgetKrw = 1, replaces = request }));
        Assert.Equal("TooLong", await RefusedAsync(
            advertiser, HttpStatusCode.UnprocessableEntity, "", new { budgetKrw = 2_000_000, message = new string('x', 1001) }));
        Assert.Equal("TooLarge", await RefusedAsync(
            advertiser, HttpStatusCode.RequestEntityTooLarge, "", new { siteIds = Enumerable.Repeat(Guid.Empty, 4000) }));
        Assert.Equal("NoCampaign", await RefusedAsync(other, HttpStatusCode.NotFound, "", new { budgetKrw = 2_000_000 }));
        Assert.Equal("NoChangeRequest", await RefusedAsync(other, HttpStatusCode.NotFound, $"/{request}/withdraw", new { }));
        Assert.Equal("OwnersOnly", await RefusedAsync(advertiser, HttpStatusCode.Forbidden, $"/{request}/accept", new { version = 0 }));
        Assert.Equal("AdvertisersOnly", await RefusedAsync(media, HttpStatusCode.Forbidden, "", new { budgetKrw = 2_000_000 }));
        Assert.Equal("Versions", await RefusedAsync(media, HttpStatusCode.BadRequest, $"/{request}/accept", new { }));
        Assert.Equal("ChangedMeanwhile", await RefusedAsync(media, HttpStatusCode.Conflict, $"/{request}/accept", new { version = 7 }));
        var waiting = (await media.GetAsync("approvals?limit=100")).GetProperty("items").EnumerateArray()
            .Select(i => i.GetProperty("changeRequest")).Where(r => r.ValueKind == JsonValueKind.Object);
        Assert.Contains(waiting, r => r.GetProperty("id").GetGuid() == request);
        var read = await media.GetAsync($"{path}/{request}");
        Assert.Equal((0, 0), (read.GetProperty("version").GetInt32(), read.GetProperty("misfits").GetArrayLength()));
        for (var again = 0; again < 2; again++) // a repeat changes nothing
        {
            var accepted = await media.PostAsync($"{path}/{request}/accept", new { version = 0 }, HttpStatusCode.OK);
            Assert.Equal("accepted", accepted.GetProperty("state").GetString());
        }
        Assert.Equal(ends, (await ReadAsync(id)).EndsOn);
        Assert.Equal("ChangeNotOpen", await RefusedAsync(advertiser, HttpStatusCode.Conflict, $"/{request}/withdraw", new { }));
        var next = (await advertiser.PostAsync(path, new { budgetKrw = 2_000_000 })).GetProperty("id").GetGuid();
        Assert.Equal("Reason", await RefusedAsync(media, HttpStatusCode.BadRequest, $"/{next}/decline", new { reason = "" }));
        var declined = await media.PostAsync($"{path}/{next}/decline", new { reason = "Sold out" }, HttpStatusCode.OK);
        Assert.Equal(("declined", "Sold out"), (declined.GetProperty("state").GetString(), declined.GetProperty("reason").GetString()));
        Assert.Equal([next, request], (await advertiser.GetAsync(path)).GetProperty("items").EnumerateArray()
            .Select(r => r.GetProperty("id").GetGuid()));
    }

    [Fact]
    public async Task Pages_OpenRequest_ShowBothVersionsToThoseConcerned()
    {
        var (id, _) = await BookedAsync();
        var owner = await app.ViewerAsync(RolesFixture.Owner);
        await AskBudgetAsync(owner, id, 1_500_000);
        async Task<string> ReadPageAsync(string who, string path)
        {
            using var visitor = await app.SignInAsync(who);
            visitor.Http.DefaultRequestHeaders.AcceptLanguage.ParseAdd("en");
            return WebUtility.HtmlDecode(await visitor.Http.GetStringAsync(path));
        }
        var desk = await ReadPageAsync(PeopleFixture.Admin, $"admin/approvals?campaign={id}");
        string[] parts = ["data-changed=\"Budget\"", "₩1,000,000", "₩1,500,000", "has accrued so far and stays charged", "data-do=\"approve\""];
        Assert.All(parts, part => Assert.Contains(part, desk, StringComparison.Ordinal));
        Assert.DoesNotContain("data-changed=\"Dates\"", desk, StringComparison.Ordinal);
        Assert.Contains("data-do=\"withdraw-change\"", await ReadPageAsync(RolesFixture.Owner, $"campaigns/{id}"), StringComparison.Ordinal);
        var analysts = await ReadPageAsync(RolesFixture.Analyst, $"campaigns/{id}");
        Assert.Contains("data-request=\"Open\"", analysts, StringComparison.Ordinal);
        Assert.DoesNotContain("withdraw-change", analysts, StringComparison.Ordinal);
        Assert.DoesNotContain("ask-change", analysts, StringComparison.Ordinal);
        var form = await ReadPageAsync(RolesFixture.Owner, $"campaigns/{id}/request");
        Assert.Contains("value=\"1,500,000\"", form, StringComparison.Ordinal); // as it was asked for
        Assert.Contains("reports and shared links use it", form, StringComparison.Ordinal);
        using var one = await app.SignInAsync(RolesFixture.Owner);
        using var edit = await one.Http.GetAsync($"campaigns/{id}/edit");
        Assert.EndsWith($"/campaigns/{id}/request", edit.Headers.Location?.ToString(), StringComparison.Ordinal);
        using var stranger = await app.SignInAsync(RolesFixture.OtherOwner);
        using var none = await stranger.Http.GetAsync($"campaigns/{id}/request");
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }
}
