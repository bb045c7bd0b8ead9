using System.Net;
using System.Text;
using System.Text.Json;
using FaceAd.Tests.Player;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Tokens;
using FaceAd.Web.Creatives.Uploads;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Api;

/// <summary>The day of an advertiser and of a media owner, by programs. Two must approve.</summary>
public sealed class CampaignManagementApiTests(CampaignManagementApiTests.FourEyes app) : IClassFixture<CampaignManagementApiTests.FourEyes>
{
    private const string SecondAdmin = "admin2@facead.example";
    private static readonly string[] Checklist = ["allAges", "sender", "claims", "rights", "legible"];

    /// <summary>The app where two administrators must approve.</summary>
    public sealed class FourEyes : RolesFixture
    {
        /// <inheritdoc/>
        protected override IReadOnlyDictionary<string, string> Settings =>
            new Dictionary<string, string>(base.Settings) { ["Approvals:FourEyes"] = "true" };

        /// <inheritdoc/>
        protected override async Task ReadyAsync()
        {
            await base.ReadyAsync();
            await using var db = NewContext();
            await AddUserAsync(await db.Organisations.SingleAsync(o => o.Name == "Owner"), Roles.Admin, SecondAdmin);
        }
    }

    [Fact]
    public async Task Campaign_CreativeSentReviewedByTwoReplacedAndRefused_ByPrograms()
    {
        using var advertiser = await ApiCaller.OfAsync(app, RolesFixture.Owner);
        using var one = await ApiCaller.OfAsync(app, PeopleFixture.Admin);
        using var two = await ApiCaller.OfAsync(app, SecondAdmin);
        var id = (await advertiser.PostAsync("campaigns", Terms("Spring"))).GetProperty("id").GetGuid();
        var creativeId = await SendAsync(advertiser, id);
        var weighed = await advertiser.PutAsync($"campaigns/{id}/creatives/{creativeId}/weight", new { weight = 7 });
        Assert.Equal(7, weighed.GetProperty("creatives")[0].GetProperty("weight").GetInt32());
        Assert.Equal(
            "Terms", await advertiser.RefusedAsync(
                HttpStatusCode.UnprocessableEntity, HttpMethod.Put, $"campaigns/{id}/creatives/{creativeId}/weight", new { weight = 101 }));
        Assert.Equal(
            "NoCreative", await advertiser.RefusedAsync(
                HttpStatusCode.NotFound, HttpMethod.Put, $"campaigns/{id}/creatives/{Guid.NewGuid()}/weight", new { weight = 1 }));
        using (var bytes = await advertiser.Http.GetAsync($"campaigns/{id}/creatives/{creativeId}/video"))
            Assert.Equal("video/mp4", bytes.Content.Headers.ContentType?.MediaType);
        using (var bytes = await advertiser.Http.GetAsync($"campaigns/{id}/creatives/{creativeId}/poster"))
            Assert.Equal("image/jpeg", bytes.Content.Headers.ContentType?.MediaType);
        await advertiser.PostAsync($"campaigns/{id}/steps", new { step = "submit" }, HttpStatusCode.OK);

        var waiting = await one.GetAsync("approvals");
        Assert.True(waiting.GetProperty("fourEyes").GetBoolean());
        Assert.Contains(waiting.GetProperty("items").EnumerateArray(), i => i.GetProperty("campaign").GetProperty("id").GetGuid() == id);
        Assert.Equal(
            "Unconfirmed", await one.RefusedAsync(HttpStatusCode.UnprocessableEntity, HttpMethod.Post, $"approvals/campaigns/{id}/approve",
                new { confirmed = Checklist[1..] }));
        Assert.Equal(
            "Unconfirmed", await one.RefusedAsync(
                HttpStatusCode.UnprocessableEntity, HttpMethod.Post, $"campaigns/{id}/steps", new { step = "approve" }));
        var first = await one.PostAsync($"approvals/campaigns/{id}/approve", new { confirmed = Checklist }, HttpStatusCode.Accepted);
        Assert.Equal("submitted", first.GetProperty("phase").GetString());
        // the same person once more is no second
        await one.PostAsync($"approvals/campaigns/{id}/approve", new { confirmed = Checklist }, HttpStatusCode.Accepted);
        Assert.Equal(
            "scheduled", (await two.PostAsync($"approvals/campaigns/{id}/approve", new { confirmed = Checklist }, HttpStatusCode.OK))
                .GetProperty("phase").GetString());

        var proposed = await SendAsync(advertiser, id, replaces: creativeId);
        var versions = (await advertiser.GetAsync($"campaigns/{id}/creatives")).EnumerateArray()
            .ToDictionary(v => v.GetProperty("id").GetGuid(), v => v.GetProperty("state").GetString());
        Assert.Equal(("current", "proposed"), (versions[creativeId], versions[proposed]));
        Assert.Equal(
            "OwnersOnly", await advertiser.RefusedAsync(
                HttpStatusCode.Forbidden, HttpMethod.Post, $"approvals/creatives/{proposed}/approve", new { confirmed = Checklist }));
        Assert.Equal(
            "Reason", await one.RefusedAsync(
                HttpStatusCode.BadRequest, HttpMethod.Post, $"approvals/creatives/{proposed}/reject", new { reason = " " }));
        await one.PostAsync($"approvals/creatives/{proposed}/reject", new { reason = "Too loud" }, HttpStatusCode.NoContent);
        Assert.Equal(
            "NotWaiting", await one.RefusedAsync(
                HttpStatusCode.NotFound, HttpMethod.Post, $"approvals/creatives/{proposed}/reject", new { reason = "Again" }));
        Assert.Equal("Too loud", (await advertiser.GetAsync($"campaigns/{id}/creatives")).EnumerateArray()
            .Single(v => v.GetProperty("id").GetGuid() == proposed).GetProperty("refusalReason").GetString());
        Assert.Equal(
            "NotEditable", await advertiser.RefusedAsync(
                HttpStatusCode.Conflict, HttpMethod.Delete, $"campaigns/{id}/creatives/{creativeId}"));

        var history = (await advertiser.GetAsync($"campaigns/{id}/history")).GetProperty("items").EnumerateArray().ToList();
        var approved = history.First(h => h.GetProperty("what").GetString() == "campaignApproved");
        // no names of the other side
        Assert.Equal((null, true), (approved.GetProperty("who").GetString(), approved.GetProperty("byMediaOwner").GetBoolean()));
        Assert.Contains("admin2@", (await one.GetAsync($"campaigns/{id}/history")).GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upload_InPiecesWithAToken_BecomesACreative()
    {
        using var advertiser = await ApiCaller.OfAsync(app, RolesFixture.Owner);
        using var other = await ApiCaller.OfAsync(app, RolesFixture.OtherOwner);
        using var reader = await ApiCaller.OfAsync(app, RolesFixture.Owner, ApiScopes.CampaignsRead);
        var id = (await advertiser.PostAsync("campaigns", Terms("Pieces"))).GetProperty("id").GetGuid();
        var content = await ClipAsync();
        async Task<HttpResponseMessage> TusAsync(
            ApiCaller caller, string method, string path, byte[]? piece = null, params (string Name, string Value)[] headers)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            if (piece is not null)
                request.Content = new ByteArrayContent(piece) { Headers = { { "Content-Type", "application/offset+octet-stream" } } };
            request.Headers.Add("Tus-Resumable", "1.0.0");
            foreach (var (name, value) in headers) request.Headers.Add(name, value);
            return await caller.Http.SendAsync(request);
        }
        var metadata =
            $"campaign {Convert.ToBase64String(Encoding.UTF8.GetBytes(id.ToString()))},filename {Convert.ToBase64String("Pieces.mp4"u8)}";
        using (var refused = await TusAsync(reader, "POST", "uploads", null, ("Upload-Length", $"{content.Length}"),
            ("Upload-Metadata", metadata))) Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        using (var refused = await TusAsync(other, "POST", "uploads", null, ("Upload-Length", $"{content.Length}"),
            ("Upload-Metadata", metadata))) Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        using var begun = await TusAsync(
            advertiser, "POST", "uploads", null, ("Upload-Length", $"{content.Length}"), ("Upload-Metadata", metadata));
        Assert.Equal(HttpStatusCode.Created, begun.StatusCode);
        var path = begun.Headers.Location!.OriginalString;
        Assert.StartsWith("/api/v1/uploads/", path, StringComparison.Ordinal);
        using (var hidden = await TusAsync(other, "HEAD", path)) Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);
        using (var half = await TusAsync(advertiser, "PATCH", path, content[..1000], ("Upload-Offset", "0")))
            Assert.Equal("1000", half.Headers.GetValues("Upload-Offset").Single());
        var told = await advertiser.GetAsync(path["/api/v1/".Length..]);
        Assert.Equal(("receiving", 1000L), (told.GetProperty("state").GetString(), told.GetProperty("arrived").GetInt64()));
        using (var rest = await TusAsync(advertiser, "PATCH", path, content[1000..], ("Upload-Offset", "1000")))
            Assert.Equal(HttpStatusCode.NoContent, rest.StatusCode);
        var done = await EndAsync(advertiser, Guid.Parse(path[^36..]));
        Assert.Equal("done", done.GetProperty("state").GetString());
        var creative = done.GetProperty("creativeId").GetGuid();
        Assert.Equal(creative, (await advertiser.GetAsync($"campaigns/{id}")).GetProperty("creatives")[0].GetProperty("id").GetGuid());
        await advertiser.DeleteAsync($"campaigns/{id}/creatives/{creative}");
        Assert.Equal(0, (await advertiser.GetAsync($"campaigns/{id}")).GetProperty("creatives").GetArrayLength());
    }

    [Fact]
    public async Task Upload_NotAMediaFile_FailsWithAReason()
    {
        using var advertiser = await ApiCaller.OfAsync(app, RolesFixture.Owner);
        using var other = await ApiCaller.OfAsync(app, RolesFixture.OtherOwner);
        var id = (await advertiser.PostAsync("campaigns", Terms("Nothing"))).GetProperty("id").GetGuid();
        var sent = await advertiser.PostAsync(
            $"campaigns/{id}/creatives?name=x.mp4", new ByteArrayContent(new byte[500]), HttpStatusCode.Accepted);
        var end = await EndAsync(advertiser, sent.GetProperty("id").GetGuid());
        Assert.Equal(("failed", "NotAMediaFile"), (end.GetProperty("state").GetString(), end.GetProperty("failure").GetString()));
        Assert.Equal(
            "NoRetry", await advertiser.RefusedAsync(
                HttpStatusCode.Conflict, HttpMethod.Post, $"uploads/{sent.GetProperty("id").GetGuid()}/retry"));
        Assert.Equal(
            "NoUpload", await other.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Get, $"uploads/{sent.GetProperty("id").GetGuid()}"));
        Assert.Equal(
            "CampaignClosed", await other.RefusedAsync(
                HttpStatusCode.NotFound, HttpMethod.Post, $"campaigns/{id}/creatives", new ByteArrayContent(new byte[500])));
        Assert.Equal(
            "TooLarge", await advertiser.RefusedAsync(HttpStatusCode.RequestEntityTooLarge, HttpMethod.Post, $"campaigns/{id}/creatives",
                new ByteArrayContent(new byte[PeopleFixture.MaxUploadBytes + 1])));
    }

    [Fact]
    public async Task Copy_Bulk_DeleteAndRestore_WorkAsOnThePages()
    {
        using var advertiser = await ApiCaller.OfAsync(app, RolesFixture.Owner);
        using var other = await ApiCaller.OfAsync(app, RolesFixture.OtherOwner);
        var made = await advertiser.PostAsync("campaigns", Terms("Original"));
        var (id, version) = (made.GetProperty("id").GetGuid(), made.GetProperty("version").GetInt32());
        var copies = new HashSet<Guid>
        {
            (await advertiser.PostAsync($"campaigns/{id}/duplicate", new { name = "Copy" }, key: "copy-1")).GetProperty("id").GetGuid(),
            (await advertiser.PostAsync($"campaigns/{id}/duplicate", new { name = "Copy" }, HttpStatusCode.OK, "copy-1"))
                .GetProperty("id").GetGuid(),
        };
        Assert.NotEqual(id, Assert.Single(copies));
        Assert.Equal(
            "NoCampaign", await other.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Post, $"campaigns/{id}/duplicate", new { }));

        var change = new { action = "budget", percent = 10, campaigns = new[] { new { id, version } } };
        var preview = await advertiser.PostAsync(
            "campaigns/bulk", new { change.action, change.percent, change.campaigns, preview = true }, HttpStatusCode.OK);
        Assert.Equal(
            (false, 1_100_000L), (preview.GetProperty("changed").GetBoolean(), preview.GetProperty("campaigns")[0].GetProperty("after")
                .GetProperty("budgetKrw").GetInt64()));
        Assert.Equal("Gone", (await other.PostAsync("campaigns/bulk", change, HttpStatusCode.OK)).GetProperty("campaigns")[0]
            .GetProperty("refusal").GetString());
        Assert.True((await advertiser.PostAsync("campaigns/bulk", change, HttpStatusCode.OK)).GetProperty("changed").GetBoolean());
        var stale = await advertiser.PostAsync("campaigns/bulk", change, HttpStatusCode.OK);
        Assert.Equal((false, "ChangedMeanwhile"),
            (stale.GetProperty("changed").GetBoolean(), stale.GetProperty("campaigns")[0].GetProperty("refusal").GetString()));

        await advertiser.DeleteAsync($"campaigns/{id}");
        Assert.Contains(id, (await advertiser.GetAsync("campaigns/deleted")).GetProperty("items").EnumerateArray()
            .Select(c => c.GetProperty("id").GetGuid()));
        Assert.Equal("NoCampaign", await other.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Post, $"campaigns/{id}/restore"));
        Assert.Equal(1_100_000, (await advertiser.PostAsync($"campaigns/{id}/restore", new { }, HttpStatusCode.OK))
            .GetProperty("budgetKrw").GetInt64());
        var found = await advertiser.GetAsync("campaigns?search=Original&from=2030-01-05&to=2030-01-06&order=starts&phase=draft");
        Assert.Equal(id, Assert.Single(found.GetProperty("items").EnumerateArray().Select(c => c.GetProperty("id").GetGuid())));
        Assert.Equal(1, (await advertiser.GetAsync("campaigns/counts?search=Original")).GetProperty("draft").GetInt32());
        Assert.Equal(
            28, (await advertiser.PostAsync("inventory", new { targets = new[] { "silver" }, hours = new[] { 8 } }, HttpStatusCode.OK))
                .GetProperty("lookedBackDays").GetInt32());
    }

    [Fact]
    public async Task Comments_BothSides_ArePagedAndNotified()
    {
        using var advertiser = await ApiCaller.OfAsync(app, RolesFixture.Owner);
        using var media = await ApiCaller.OfAsync(app, PeopleFixture.Admin);
        using var other = await ApiCaller.OfAsync(app, RolesFixture.OtherOwner);
        using var reader = await ApiCaller.OfAsync(app, RolesFixture.Owner, ApiScopes.CampaignsRead);
        var id = (await advertiser.PostAsync("campaigns", Terms("Talk"))).GetProperty("id").GetGuid();
        for (var i = 0; i < 3; i++) await advertiser.PostAsync($"campaigns/{id}/comments", new { text = $"Line {i}" }, key: $"c{i}");
        await advertiser.PostAsync($"campaigns/{id}/comments", new { text = "Line 2" }, HttpStatusCode.OK, "c2");
        await media.PostAsync($"campaigns/{id}/comments", new { text = "Answer" });
        var first = await media.GetAsync($"campaigns/{id}/comments?limit=3");
        Assert.Equal(
            ["Answer", "Line 2", "Line 1"], first.GetProperty("items").EnumerateArray().Select(c => c.GetProperty("text").GetString()));
        var second = await media.GetAsync($"campaigns/{id}/comments?limit=3&after={first.GetProperty("next").GetString()}");
        Assert.Equal(["Line 0"], second.GetProperty("items").EnumerateArray().Select(c => c.GetProperty("text").GetString()));
        Assert.Null(second.GetProperty("next").GetString());
        Assert.Equal("NoCampaign", await other.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Get, $"campaigns/{id}/comments"));
        Assert.Equal(
            "NoScope", await reader.RefusedAsync(
                HttpStatusCode.Forbidden, HttpMethod.Post, $"campaigns/{id}/comments", new { text = "No" }));
        Assert.Equal(
            "TooLong", await advertiser.RefusedAsync(
                HttpStatusCode.UnprocessableEntity, HttpMethod.Post, $"campaigns/{id}/comments", new { text = new string('x', 2001) }));

        var bell = await advertiser.GetAsync("notifications?unread=true&limit=100");
        var note = bell.GetProperty("items").EnumerateArray()
            .First(n => n.GetProperty("kind").GetString() == "commented" && n.GetProperty("campaignId").GetGuid() == id);
        Assert.Equal("Answer", note.GetProperty("detail").GetString());
        await advertiser.PostAsync(
            "notifications/read", new { upTo = note.GetProperty("at").GetDateTimeOffset() }, HttpStatusCode.NoContent);
        Assert.DoesNotContain((await advertiser.GetAsync("notifications?unread=true")).GetProperty("items").EnumerateArray(), n =>
            n.GetProperty("id").GetGuid() == note.GetProperty("id").GetGuid());
    }

    private async Task<Guid> SendAsync(ApiCaller caller, Guid campaign, Guid? replaces = null)
    {
        var sent = await caller.PostAsync($"campaigns/{campaign}/creatives?name=video.mp4{(replaces is { } r ? $"&replaces={r}" : "")}",
            new ByteArrayContent(await ClipAsync()), HttpStatusCode.Accepted);
        var end = await EndAsync(caller, sent.GetProperty("id").GetGuid());
        Assert.True(end.GetProperty("state").GetString() == "done", end.GetRawText());
        return end.GetProperty("creativeId").GetGuid();
    }

    // The queue tells when it is through; then the program's own question is asked.
    private async Task<JsonElement> EndAsync(ApiCaller caller, Guid upload)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await app.Services.GetRequiredService<CreativeUploads>()
            .EndOfAsync(await app.ViewerAsync(PeopleFixture.Admin), upload, null, limit.Token);
        return await caller.GetAsync($"uploads/{upload}");
    }

    private async Task<byte[]> ClipAsync()
    {
        var path = Path.Combine(app.Folder, "api.mp4");
        if (!File.Exists(path)) await TestClips.MakeAsync(path, "testsrc=s=320x180:r=10:d=2");
        return await File.ReadAllBytesAsync(path);
    }

    private static object Terms(string name) =>
        new { name, startsOn = "2030-01-01", endsOn = "2030-01-31", targets = new[] { "silver" }, budgetKrw = 1_000_000 };
}
