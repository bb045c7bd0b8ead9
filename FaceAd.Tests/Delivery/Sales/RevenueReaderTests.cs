using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Delivery;
using FaceAd.Web.Delivery.Sales;
using FaceAd.Web.Exposures;

namespace FaceAd.Tests.Delivery.Sales;

/// <summary>The media owner's revenue, by figures that can be followed on paper.</summary>
public sealed class RevenueReaderTests
{
    private static readonly DateTimeOffset Now = Sample.Calendar.StartOf(new(2026, 3, 16)); // half of March, but for half a day

    [Fact]
    public async Task ComputeAsync_MoreThanFiveAdvertisers_NamesFiveAndAddsUpTheRest()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var db = database.Contexts.CreateDbContext();
        await Sample.AddSiteAsync(db);
        for (var i = 1; i <= 7; i++)
        {
            var advertiser = new Organisation { Name = $"No. {i}", Kind = OrganisationKind.Advertiser, CreatedAt = Now };
            db.Add(advertiser);
            var (campaign, _) = await Sample.AddCampaignAsync(db, advertiser, [Segment.Silver], 31_000 * i);
            campaign.Plan = FlightPlan.Of([new(new(2026, 3, 1), new(2026, 3, 31))]);
            var (draft, _) = await Sample.AddCampaignAsync(db, advertiser, [Segment.Silver], 9_000_000);
            draft.State = CampaignState.Submitted; // nothing is booked
            await db.SaveChangesAsync();
        }

        var revenue = await new RevenueReader(database.Contexts, new SetClock(Now)).ComputeAsync(new(2026, 3, 16), default);

        Assert.Equal((15_000L * 28, 31_000L * 28), (revenue.ThisMonth.AccruedKrw, revenue.ThisMonth.ProjectedKrw));
        Assert.Equal(["No. 7", "No. 6", "No. 5", "No. 4", "No. 3"], revenue.Top.Select(t => t.Name));
        var others = revenue.Others!;
        Assert.Equal((2, 15_000L * 3, 31_000L * 3), (others.Campaigns, others.Month.AccruedKrw, others.Month.ProjectedKrw));
        Assert.Equal((0L, 0), (revenue.NextMonth.ProjectedKrw, revenue.AsPlanned));
    }

    [Theory]
    [InlineData(0, 0, 16_000, 1)] // too early: as planned, 10 of 600 a day for the 16 days that are left of the month
    [InlineData(300, 10_000, 26_000, 0)] // 100 of 300 this month; the rate of 10 a day goes on
    public async Task ComputeAsync_PricePerThousand_GoesOnAtItsRateOrAsPlanned(
        long delivered, long accrued, long projected, int asPlanned)
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var db = database.Contexts.CreateDbContext();
        var (_, advertiser, _, _) = await Sample.AddSiteAsync(db);
        var (campaign, _) = await Sample.AddCampaignAsync(db, advertiser, [Segment.Silver], 60_000, PriceModel.PerThousand, 100_000);
        campaign.Plan = FlightPlan.Of([new(new(2026, 2, 14), new(2026, 4, 14))]); // 60 days, half of them over
        if (delivered > 0)
        {
            db.AddRange(
                new CampaignTotal { CampaignId = campaign.Id, TargetImpressions = delivered },
                new CampaignDay { CampaignId = campaign.Id, Day = new(2026, 2, 20), Impressions = 250, OnTarget = 200 },
                new CampaignDay { CampaignId = campaign.Id, Day = new(2026, 3, 2), Impressions = 120, OnTarget = 100 });
        }
        await db.SaveChangesAsync();

        var revenue = await new RevenueReader(database.Contexts, new SetClock(Now)).ComputeAsync(new(2026, 3, 16), default);

        Assert.Equal((accrued, projected), (revenue.ThisMonth.AccruedKrw, revenue.ThisMonth.ProjectedKrw));
        Assert.Equal((14_000L, asPlanned), (revenue.NextMonth.ProjectedKrw, revenue.AsPlanned));
    }

    [Theory]
    [InlineData(12, 750, 250_000)] // it has ended
    [InlineData(29, 375, 0)] // it is half over
    public async Task ComputeAsync_GoalMissedByAQuarter_CreditsItInTheMonthOfItsEnd(int lastDay, long delivered, long credits)
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var db = database.Contexts.CreateDbContext();
        var (_, advertiser, _, _) = await Sample.AddSiteAsync(db);
        var (campaign, _) = await Sample.AddCampaignAsync(db, advertiser, [Segment.Silver], 1_000_000);
        campaign.Plan = FlightPlan.Of([new(new(2026, 3, 2), new(2026, 3, lastDay))]);
        campaign.Delivery = DeliveryTerms.Default with { Goal = 1_000 };
        db.Add(new CampaignTotal { CampaignId = campaign.Id, TargetImpressions = delivered });
        await db.SaveChangesAsync();

        var month = (await new RevenueReader(database.Contexts, new SetClock(Now)).ComputeAsync(new(2026, 3, 16), default)).ThisMonth;
        Assert.Equal((credits, 250_000L, 750_000L), (month.CreditsKrw, month.ProjectedCreditsKrw, month.NetProjectedKrw));
    }

    [Fact]
    public void ProjectedCost_AtTheEnd_AgreesWithPacing()
    {
        var campaign = new Campaign
        {
            OrganisationId = Guid.NewGuid(),
            Name = "Spring",
            State = CampaignState.Approved,
            StartsOn = new(2026, 3, 1),
            EndsOn = new(2026, 3, 31),
            Targets = [Segment.Silver],
            BudgetKrw = 5_000_000,
            PriceModel = PriceModel.PerThousand,
            PricePerThousandKrw = 4_321,
            CreatedAt = Now,
        };
        foreach (var delivered in new[] { 100L, 1_234L, 700_000L, 2_000_000L })
        {
            var pacing = Pacing.Of(campaign, Sample.Calendar, Now, delivered);
            Assert.Equal(
                pacing.ProjectedKrw.Value!.Value,
                (double)Pacing.ProjectedCost(campaign, Sample.Calendar, Now, delivered, Sample.Calendar.StartOf(new(2026, 4, 1))), 5.0);
        }
    }
}
