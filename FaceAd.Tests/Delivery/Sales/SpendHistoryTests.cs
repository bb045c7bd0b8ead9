using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Tests.Metrics;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Audiences;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Delivery;
using FaceAd.Web.Delivery.Sales;
using FaceAd.Web.Metrics;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Delivery.Sales;

/// <summary>Trend, spend and revenue of random histories: the sums of what each campaign's own figures say.</summary>
public sealed class SpendHistoryTests
{
    private static readonly DateOnly Today = InventedHistory.LastDay.AddDays(1);

    [Fact]
    public void Read_AnyHistory_EqualsTheSumOfTheCampaignsOwnFigures() =>
        Prop.ForAll<int>(seed => CheckAsync(seed).GetAwaiter().GetResult()).Check(Config.QuickThrowOnFailure.WithMaxTest(3));

    private static async Task CheckAsync(int seed)
    {
        var random = new Random(seed);
        await using var database = await TestDatabase.CreateAsync();
        await using var db = database.Contexts.CreateDbContext();
        var (site, advertiser, a, b) = await Sample.AddSiteAsync(db);
        var other = new Organisation { Name = "Other", Kind = OrganisationKind.Advertiser, CreatedAt = Sample.Noon };
        db.Add(other);
        await db.SaveChangesAsync();
        List<(Campaign Campaign, Creative Creative)> ads =
        [
            await Sample.AddCampaignAsync(db, advertiser, [Segment.Men2030, Segment.Silver]),
            await Sample.AddCampaignAsync(db, advertiser, [Segment.Women2030], 20_000, PriceModel.PerThousand, 100_000),
            await Sample.AddCampaignAsync(db, other, [Segment.Men2030], 700_000),
        ];
        foreach (var (campaign, _) in ads) campaign.Plan = FlightPlan.Of([new(new(2026, 3, 9), new(2026, 4, 5))]);
        await db.SaveChangesAsync();
        var (_, _, messages) = InventedHistory.Invent(random, [a, b], ads);
        var clock = new SetClock(Sample.Calendar.StartOf(Today).AddHours(random.Next(24)));
        await using var facts = new Facts(database, clock, PrivacyTerms.Default with { Grace = TimeSpan.FromDays(28) });
        foreach (var message in messages) await message(facts);
        await facts.UpdateExposuresAsync();

        var reader = new SpendReader(database.Contexts, clock);
        foreach (var whose in new[] { advertiser, other })
        {
            var own = ads.Select(x => x.Campaign).Where(c => c.OrganisationId == whose.Id).ToList();
            var viewer = new Viewer(whose.Id, false);
            foreach (var day in await reader.TrendAsync(viewer, Today, 28))
            {
                var figures = await Task.WhenAll(own.Select(c => facts.Metrics.ReadAsync(
                    new MetricsQuery(c.Id) { From = day.Day, To = day.Day })));
                var isOnAir = day.Day >= own[0].StartsOn; // other days are not asked for, see MetricsDays
                Assert.Equal(
                    isOnAir ? (figures.Sum(f => f.Impressions), (long)figures.Sum(f => f.CostKrw!.Value)) : (0, 0),
                    (day.Impressions, day.SpendKrw));
            }
            var spend = await reader.ReadAsync(viewer, Today);
            Assert.Equal(own.Select(c => c.Id).Order(), spend.Campaigns.Select(c => c.Id).Order());
            Assert.Equal(own.Sum(c => c.BudgetKrw), spend.CommittedKrw);
            var whole = await Task.WhenAll(own.Select(c => facts.Metrics.ReadAsync(c.Id)));
            Assert.Equal((long)whole.Sum(m => m.CostKrw!.Value), spend.AccruedKrw);
        }

        var revenue = await new RevenueReader(database.Contexts, clock).ComputeAsync(Today, default);
        var march = await Task.WhenAll(ads.Select(x => facts.Metrics.ReadAsync(
            new MetricsQuery(x.Campaign.Id) { From = new(2026, 3, 1), To = new(2026, 3, 31) })));
        Assert.Equal((long)march.Sum(m => m.CostKrw!.Value), revenue.ThisMonth.AccruedKrw);
        Assert.Equal(revenue.ThisMonth.AccruedKrw, revenue.Top.Sum(t => t.Month.AccruedKrw));
        Assert.Equal(revenue.ThisMonth.ProjectedKrw, revenue.Top.Sum(t => t.Month.ProjectedKrw));
        // A flat price is spread evenly over its 28 days: 23 in March, 5 in April.
        Assert.Equal(575_000, revenue.Top.Single(t => t.Id == other.Id).Month.ProjectedKrw);
        var perThousand = ads[1].Campaign;
        var delivered = march.Single(m => m.Query.CampaignId == perThousand.Id).Delivered;
        var april = Cost(clock, Sample.Calendar.StartOf(new(2026, 5, 1))) - Cost(clock, Sample.Calendar.StartOf(new(2026, 4, 1)));
        Assert.Equal(178_571 + 125_000 + april, revenue.NextMonth.ProjectedKrw);

        long Cost(SetClock now, DateTimeOffset at) => Pacing.ProjectedCost(perThousand, Sample.Calendar, now.GetUtcNow(), delivered, at);
    }
}
