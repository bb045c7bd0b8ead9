using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using FaceAd.Tests.Api;
using FaceAd.Tests.Support;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;

namespace FaceAd.Tests.Data;

/// <summary>Days of an address whose first is after the last: wrong everywhere, and said so.</summary>
public sealed class DayRangeTests(RolesFixture app) : IClassFixture<RolesFixture>
{
    private const string Reversed = "from=2026-03-10&to=2026-03-09";

    [Theory]
    [InlineData(null, null, null, false)]
    [InlineData("2026-03-09", "2026-03-09", null, false)]
    [InlineData("2026-03-10", "2026-03-09", null, true)]
    [InlineData("9999-12-31", "0001-01-01", null, true)]
    [InlineData("", "2026-03-09", "from", false)]
    [InlineData("2026-03-09", "2026-3-9", "to", false)]
    public void Read_AnyWords_NamesTheWrongOne(string? from, string? to, string? unreadable, bool isReversed)
    {
        var days = DayRange.Read(from, to);
        Assert.Equal((unreadable, isReversed), (days.Unreadable, days.IsReversed));
        Assert.Equal(unreadable is null && !isReversed, days.IsGood);
    }

    [Theory]
    [InlineData("campaigns")]
    [InlineData("campaigns/counts")]
    [InlineData("audit")]
    [InlineData("audience")]
    [InlineData("campaigns/{id}/report")]
    [InlineData("campaigns/{id}/proof")]
    public async Task Api_DaysReversed_IsRefusedAndNamesTheWords(string path)
    {
        var campaign = await app.AddCampaignAsync(app.First, CampaignState.Approved);
        using var media = await ApiCaller.OfAsync(app, PeopleFixture.Admin);
        path = path.Replace("{id}", $"{campaign.Id}", StringComparison.Ordinal);
        using var answer = await media.Http.GetAsync($"{path}?{Reversed}");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("Days", problem.GetProperty("code").GetString());
        Assert.Matches("from.*to", problem.GetProperty("detail").GetString());
        using var right = await media.Http.GetAsync($"{path}?from=2026-03-09&to=2026-03-09");
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
    }

    [Theory]
    [InlineData("campaigns?from=0001-01-01&to=9999-12-31", HttpStatusCode.OK)]
    [InlineData("audit?from=0001-01-01&to=9999-12-31", HttpStatusCode.OK)]
    [InlineData("audience?to=0001-01-01", HttpStatusCode.OK)]
    [InlineData("audience?from=0001-01-01&to=9999-12-31", HttpStatusCode.BadRequest)] // too many
    [InlineData("audience?from=9999-12-31", HttpStatusCode.BadRequest)]
    public async Task Api_DaysFarAway_AreAnswered(string path, HttpStatusCode expected)
    {
        using var media = await ApiCaller.OfAsync(app, PeopleFixture.Admin);
        using var answer = await media.Http.GetAsync(path);
        Assert.Equal(expected, answer.StatusCode);
    }

    [Theory]
    [InlineData("report/figures.csv")]
    [InlineData("report.pdf")]
    [InlineData("report.xlsx")]
    [InlineData("proof.jsonl")]
    public async Task File_DaysReversed_IsRefused(string file)
    {
        var campaign = await app.AddCampaignAsync(app.First, CampaignState.Approved);
        using var admin = await app.SignInAsync(PeopleFixture.Admin);
        using var answer = await admin.Http.GetAsync($"campaigns/{campaign.Id}/{file}?{Reversed}");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    public static TheoryData<string, string, string> Pages()
    {
        var pages = new TheoryData<string, string, string>();
        foreach (var page in new[] { "campaigns", "admin/audit", "admin/audience", "campaigns/{id}", "campaigns/{id}/report", "planner" })
        {
            pages.Add(page, "en", "The start date is after the end date.");
            pages.Add(page, "ko", "시작일이 종료일보다 늦습니다.");
        }
        return pages;
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Page_DaysReversed_IsAnErrorInTheReadersLanguage(string page, string language, string text)
    {
        var campaign = await app.AddCampaignAsync(app.First, CampaignState.Approved);
        using var admin = await app.SignInAsync(PeopleFixture.Admin);
        admin.Http.DefaultRequestHeaders.AcceptLanguage.ParseAdd(language);
        page = page.Replace("{id}", $"{campaign.Id}", StringComparison.Ordinal);
        Assert.Contains("data-days-reversed", await HtmlAsync($"{page}?{Reversed}"), StringComparison.Ordinal);
        Assert.Contains(text, WebUtility.HtmlDecode(await HtmlAsync($"{page}?{Reversed}")), StringComparison.Ordinal);
        Assert.DoesNotContain(
            "data-days-reversed", await HtmlAsync($"{page}?from=2026-03-09&to=2026-03-10"), StringComparison.Ordinal);

        async Task<string> HtmlAsync(string path)
        {
            using var answer = await admin.Http.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            return await answer.Content.ReadAsStringAsync();
        }
    }

    [Theory]
    [InlineData("admin/audience?from=0001-01-01&to=0001-01-01")]
    [InlineData("admin/audience?to=0001-01-01")]
    [InlineData("admin/audit?from=0001-01-01&to=9999-12-31")]
    [InlineData("campaigns?from=0001-01-01&to=9999-12-31")]
    public async Task Page_DaysFarAway_IsShown(string page)
    {
        using var admin = await app.SignInAsync(PeopleFixture.Admin);
        using var answer = await admin.Http.GetAsync(page);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
