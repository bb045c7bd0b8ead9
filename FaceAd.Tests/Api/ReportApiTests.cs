using System.Text.Json;
using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Tokens;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Api;

/// <summary>What a report says beside its figures: of a campaign that missed its goal, and of one that did not.</summary>
public sealed class ReportApiTests(RolesFixture app) : IClassFixture<RolesFixture>
{
    private static readonly DateOnly First = Sample.Calendar.DayOf(TimeProvider.System.GetUtcNow()).AddDays(-20), Last = First.AddDays(9);

    [Fact]
    public async Task Report_GoalMissed_SaysWhyAndWhatMakesGood()
    {
        var campaign = await AddAsync(delivered: 400);
        using var advertiser = await ApiCaller.OfAsync(app, RolesFixture.Owner, ApiScopes.ReportsRead);
        var report = await advertiser.GetAsync($"campaigns/{campaign.Id}/report?tables=flights");

        // Twelve days of which all have passed: ten booked, and two that touch them.
        var shortfall = report.GetProperty("shortfall");
        Assert.Equal(600, shortfall.GetProperty("targetImpressions").GetInt32());
        var cause = shortfall.GetProperty("causes").EnumerateArray().First(c => c.GetProperty("cause").GetString() == "lateStart");
        Assert.True(cause.GetProperty("targetImpressions").GetInt32() > 100);
        Assert.True(cause.GetProperty("hours").GetDouble() >= 24);
        Assert.Equal(JsonValueKind.Null, cause.GetProperty("screens").ValueKind);
        var made = Assert.Single(report.GetProperty("makeGoods").EnumerateArray());
        Assert.Equal(
            (Day(Last.AddDays(1)), Day(Last.AddDays(2)), Day(Last), 600_000),
            (made.GetProperty("from").GetString(), made.GetProperty("to").GetString(), made.GetProperty("endedOn").GetString(),
                made.GetProperty("settledCreditKrw").GetInt32()));
        Assert.Equal(
            [(Day(First), Day(Last), 10, "no"), (Day(Last.AddDays(1)), Day(Last.AddDays(2)), 2, "yes")],
            report.GetProperty("tables")[0].GetProperty("rows").EnumerateArray().Select(r => (
                r.GetProperty("from").GetString(), r.GetProperty("to").GetString(), r.GetProperty("days").GetInt32(),
                r.GetProperty("make_good").GetString())));
    }

    [Fact]
    public async Task Report_GoalReached_SaysNothingOfIt()
    {
        var campaign = await AddAsync(delivered: 1_000);
        using var advertiser = await ApiCaller.OfAsync(app, RolesFixture.Owner, ApiScopes.ReportsRead);
        var report = await advertiser.GetAsync($"campaigns/{campaign.Id}/report?tables=figures");
        Assert.Equal(JsonValueKind.Null, report.GetProperty("shortfall").ValueKind);
    }

    [Fact]
    public async Task File_FlightThatMakesGood_IsToldApart()
    {
        var campaign = await AddAsync(delivered: 400);
        using var advertiser = await Visitor.SignedInAsync(app, RolesFixture.Owner, RolesFixture.Password);
        var lines = (await advertiser.Http.GetStringAsync($"campaigns/{campaign.Id}/report/flights.csv")).Trim('\uFEFF').Split("\r\n");
        Assert.Equal(
            ["from,to,days,make_good", $"{Day(First)},{Day(Last)},10,no", $"{Day(Last.AddDays(1))},{Day(Last.AddDays(2))},2,yes"],
            lines[..3]);
    }

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    // Approved on its third day; nobody was ever measured, so each hour counts alike.
    private async Task<Campaign> AddAsync(long delivered)
    {
        var owner = await app.ViewerAsync(RolesFixture.Owner);
        await using var db = app.NewContext();
        var organisation = await db.Organisations.SingleAsync(o => o.Id == owner.OrganisationId);
        var (campaign, _) = await Sample.AddCampaignAsync(db, organisation, [Segment.Silver]);
        (campaign.StartsOn, campaign.EndsOn) = (First, Last.AddDays(2));
        campaign.Delivery = DeliveryTerms.Default with { Goal = 1_000 };
        campaign.MakeGoods = [new MakeGood(TimeProvider.System.GetUtcNow(), Last.AddDays(1), Last.AddDays(2), Last, 600_000)];
        db.Add(new CampaignTotal { CampaignId = campaign.Id, TargetImpressions = delivered });
        var approved = Sample.Calendar.StartOf(First.AddDays(2));
        db.Add(AuditLog.Entry(null, approved, AuditVerb.CampaignApproved, AuditSubject.Campaign, campaign.Id, campaign.Name));
        await db.SaveChangesAsync();
        await app.Services.GetRequiredService<ScreenDirectory>().RefreshAsync();
        return campaign;
    }
}
