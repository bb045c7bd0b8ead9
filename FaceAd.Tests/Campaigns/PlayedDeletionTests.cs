using System.Net;
using System.Text.Json;
using FaceAd.Tests.Api;
using FaceAd.Tests.Components;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Reports;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Tests.Campaigns;

/// <summary>A campaign that people saw and that costs money, deleted by its advertiser.</summary>
public sealed class PlayedDeletionTests(FiguresFixture app) : IClassFixture<FiguresFixture>
{
    private const string Password = "a good long password";

    [Fact]
    public async Task Delete_CampaignThatPlayed_KeepsItsCostWithTheMediaOwnerOnEveryRoute()
    {
        var id = app.Campaign.Id;
        using var media = await ApiCaller.OfAsync(app, await ViewerAsync(FiguresFixture.Admin, true));
        using var advertiser = await ApiCaller.OfAsync(app, await ViewerAsync(FiguresFixture.Advertiser, false));
        var before = await FiguresAsync();
        Assert.Equal((8, 1_000_000), (before["impressions"], before["committed_cost_krw"]));
        Assert.NotEqual(0, before["accrued_cost_krw"]);
        await advertiser.PostAsync($"campaigns/{id}/steps", new { step = "pause" }, HttpStatusCode.OK);
        await advertiser.DeleteAsync($"campaigns/{id}");

        var after = await FiguresAsync();
        Assert.Equal(before.Keys, after.Keys);
        Assert.All(["impressions", "committed_cost_krw", "plays", "reached"], key => Assert.Equal(before[key], after[key]));
        Assert.InRange(after["accrued_cost_krw"], before["accrued_cost_krw"], 1_000_000);
        Assert.NotEqual(JsonValueKind.Null, (await media.GetAsync($"campaigns/{id}")).GetProperty("deletedAt").ValueKind);
        string[] api =
        [
            "", "/report", "/history", "/comments", "/showing", "/proof", "/creatives", "/links", "/uploads", "/change-requests",
            "/experiments",
        ];
        foreach (var path in api)
        {
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(media.Http, $"campaigns/{id}{path}"));
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(advertiser.Http, $"campaigns/{id}{path}"));
        }
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(media.Http, $"audit?subject={id}"));

        using var admin = await Visitor.SignedInAsync(app, FiguresFixture.Admin, Password);
        using var owner = await Visitor.SignedInAsync(app, FiguresFixture.Advertiser, Password);
        string[] pages = ["", "/report", "/report.pdf", "/report.xlsx", "/proof", "/proof.jsonl"];
        foreach (var path in ReportTables.All.Select(t => $"/report/{t}.csv").Concat(pages))
        {
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(admin.Http, $"campaigns/{id}{path}"));
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(owner.Http, $"campaigns/{id}{path}"));
        }

        async Task<Dictionary<string, double>> FiguresAsync() =>
            (await media.GetAsync($"campaigns/{id}/report?tables=figures")).GetProperty("tables")[0].GetProperty("rows").EnumerateArray()
                .Where(r => r.GetProperty("value").ValueKind == JsonValueKind.Number)
                .ToDictionary(r => r.GetProperty("figure").GetString()!, r => r.GetProperty("value").GetDouble());
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, string path)
    {
        using var answer = await http.GetAsync(path);
        return answer.StatusCode;
    }

    private async Task<Viewer> ViewerAsync(string email, bool isMediaOwner)
    {
        await using var db = app.NewContext();
        var user = await db.Users.AsNoTracking().SingleAsync(u => u.Email == email);
        return new(user.OrganisationId, isMediaOwner) { UserId = user.Id, Name = email, Manages = true };
    }
}
