using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Delivery.Sales;

namespace FaceAd.Tests.Delivery.Sales;

/// <summary>Which month the credits of a campaign belong to.</summary>
public sealed class EarnedTests
{
    private static readonly DateOnly March = new(2026, 3, 1), April = new(2026, 4, 1), May = new(2026, 5, 1);

    [Fact]
    public void CreditsIn_NoMakeGood_IsTheCreditInTheMonthOfTheLastDay()
    {
        var campaign = Ending(new(2026, 3, 31));
        Assert.Equal((100, 0), (Earned.CreditsIn(campaign, 100, March, April), Earned.CreditsIn(campaign, 100, April, May)));
        Assert.Equal(0, Earned.CreditsIn(campaign, null, March, April));
    }

    [Fact]
    public void CreditsIn_MadeGoodAfterItsSettlement_ReturnsThePartThatWasDelivered()
    {
        var campaign = Ending(new(2026, 4, 10), new MakeGood(Sample.Noon, new(2026, 4, 4), new(2026, 4, 10), new(2026, 3, 31), 100));
        Assert.Equal((100, -80), (Earned.CreditsIn(campaign, 20, March, April), Earned.CreditsIn(campaign, 20, April, May)));
        Assert.Equal((100, 0), (Earned.CreditsIn(campaign, null, March, April), Earned.CreditsIn(campaign, null, April, May)));
        Assert.Equal(20, Earned.CreditsIn(campaign, 20, March, May));
    }

    [Fact]
    public void CreditsIn_MadeGoodBeforeItsSettlement_CountsOnlyTheNewEnd()
    {
        var campaign = Ending(new(2026, 4, 10), new MakeGood(Sample.Noon, new(2026, 4, 4), new(2026, 4, 10), new(2026, 3, 31), null));
        Assert.Equal((0, 20), (Earned.CreditsIn(campaign, 20, March, April), Earned.CreditsIn(campaign, 20, April, May)));
    }

    private static Campaign Ending(DateOnly day, params MakeGood[] flights) => new()
    {
        OrganisationId = Guid.NewGuid(),
        Name = "Spring",
        StartsOn = March,
        EndsOn = day,
        Targets = [Segment.Silver],
        BudgetKrw = 1_000,
        CreatedAt = Sample.Noon,
        MakeGoods = flights.Length == 0 ? null : flights,
    };
}
