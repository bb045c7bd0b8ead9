using FaceAd.Core.Decisions;
using FaceAd.Tests.Support;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Delivery;
using FaceAd.Web.Metrics;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Campaigns;

/// <summary>A campaign of ten days that buys 1,000 target impressions, or the ten days at a flat price.</summary>
public sealed class PacingTests
{
    private static readonly DateOnly FirstDay = new(2026, 3, 1);

    [Theory]
    [InlineData(-1, 0, PacingState.NotStarted)]
    [InlineData(0.9, 400, PacingState.TooEarly)] // 90 planned
    [InlineData(4, 359, PacingState.Behind)]
    [InlineData(4, 360, PacingState.OnTrack)]
    [InlineData(4, 440, PacingState.OnTrack)]
    [InlineData(4, 441, PacingState.Ahead)]
    [InlineData(4, 1000, PacingState.Delivered)]
    [InlineData(11, 999, PacingState.Missed)]
    public void Of_PricePerThousand_ComparesDeliveredWithPlanToDate(double days, long delivered, PacingState state) =>
        Assert.Equal(state, At(days, delivered, PriceModel.PerThousand).State);

    [Theory]
    [InlineData(1, 5, PacingState.NoGoal)]
    [InlineData(11, 5, PacingState.Ended)]
    public void Of_FlatPrice_HasNoGoal(double days, long delivered, PacingState state)
    {
        var pacing = At(days, delivered, PriceModel.Flat);
        Assert.Equal((state, null, null), (pacing.State, pacing.Goal, pacing.Index));
        Assert.Equal(10_000, pacing.ProjectedKrw.Value);
    }

    [Fact]
    public void Of_AheadOfPlan_EndsEarlierAndNeverAboveItsBudget()
    {
        var pacing = At(4, 800, PriceModel.PerThousand);
        Assert.Equal(FirstDay.AddDays(4), pacing.LastDay); // 200 a day
        Assert.Equal((1000, 10_000), ((int)pacing.Projected.Value!, (int)pacing.ProjectedKrw.Value!));
        Assert.Equal((2.0, 8_000L, 10_000L), (pacing.Index!.Value, pacing.AccruedKrw!.Value, pacing.CommittedKrw!.Value));
    }

    [Fact]
    public void Of_BehindPlan_ProjectsTheShortfall()
    {
        var pacing = At(5, 200, PriceModel.PerThousand);
        Assert.Equal((400, 4_000), ((int)pacing.Projected.Value!, (int)pacing.ProjectedKrw.Value!));
        Assert.Equal(FirstDay.AddDays(9), pacing.LastDay);
    }

    [Fact]
    public void Of_FewerThanAHundred_ProjectsNothing()
    {
        var pacing = At(5, 99, PriceModel.PerThousand);
        Assert.Equal((NoFigure.TooEarly, NoFigure.TooEarly), (pacing.Projected.Why, pacing.ProjectedKrw.Why));
        Assert.Equal(990, pacing.AccruedKrw);
    }

    [Fact]
    public void Of_ADraft_CostsNothingYet()
    {
        var pacing = At(5, 0, PriceModel.Flat, CampaignState.Draft);
        Assert.Equal((PacingState.NotBooked, null, null), (pacing.State, pacing.CommittedKrw, pacing.AccruedKrw));
        Assert.Null(pacing.ProjectedKrw.Value);
    }

    [Fact]
    public void Of_FlatPriceChangedMeanwhile_KeepsWhatHadAccrued()
    {
        // Of 10,000 now, 1,000 accrued in the first five days, at another price then.
        var changed = At(7.5, 5, PriceModel.Flat, kept: [new Accrual(Sample.Calendar.StartOf(FirstDay.AddDays(5)), 1_000)]);
        Assert.Equal((5_500L, 10_000L), (changed.AccruedKrw!.Value, (long)changed.ProjectedKrw.Value!));
    }

    [Theory]
    [InlineData(11, 1000, 0, null)]
    [InlineData(11, 985, 150, null)] // a shortfall too small to speak of is credited all the same
    [InlineData(11, 600, 4000, 400L)]
    [InlineData(11, 0, 10_000, 1000L)]
    [InlineData(5, 300, 4000, 400L)] // at the rate so far
    [InlineData(5, 600, 0, null)]
    public void Of_FlatPriceWithAGoal_CreditsTheMissingShare(double days, long delivered, long credit, long? shortfall)
    {
        var pacing = At(days, delivered, PriceModel.Flat, goal: 1000);
        Assert.Equal((credit, shortfall), ((long)pacing.CreditKrw.Value!, pacing.Shortfall));
        Assert.Equal(10_000, pacing.ProjectedKrw.Value); // a credit is no lower cost
    }

    [Fact]
    public void Of_FlatPriceWithAGoalTooEarly_CreditsNothingYet()
    {
        var pacing = At(0.5, 20, PriceModel.Flat, goal: 1000);
        Assert.Equal((NoFigure.TooEarly, null), (pacing.CreditKrw.Why, pacing.Shortfall));
    }

    [Fact]
    public void Of_PricePerThousandWithASmallerGoal_ChargesNoMoreThanTheGoal()
    {
        var pacing = At(11, 900, PriceModel.PerThousand, goal: 500);
        Assert.Equal((5_000L, null), (pacing.AccruedKrw!.Value, pacing.CreditKrw.Value));
        var missed = At(11, 300, PriceModel.PerThousand, goal: 500);
        Assert.Equal((3_000L, 200L), (missed.AccruedKrw!.Value, missed.Shortfall!.Value));
    }

    [Fact]
    public void Credit_AnyDelivery_IsTheMissingShareToAWonAndNeverMoreThanThePrice() =>
        Prop.ForAll<uint, uint, uint>((krw, goals, impressions) =>
        {
            var (budget, goal, delivered) = (1L + krw, 1L + goals, (long)impressions);
            var credit = CampaignCost.Credit(budget, goal, delivered);
            Assert.InRange(credit, 0, budget);
            Assert.Equal(delivered < goal, credit > 0);
            var missing = (decimal)Math.Max(0, goal - delivered) / goal * budget;
            Assert.InRange(credit - missing, -0.0001m, 1);
            Assert.True(CampaignCost.Credit(budget, goal, delivered + 1) <= credit);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void ProjectedCost_GoalBelowTheBudgetBeforeAnythingIsJudged_RunsToTheGoal()
    {
        var start = Sample.Calendar.StartOf(FirstDay);
        var campaign = Booked(PriceModel.PerThousand, goal: 500);
        Assert.Equal(2_500, Pacing.ProjectedCost(campaign, Sample.Calendar, start, 0, start.AddDays(5)));
        Assert.Equal(5_000, Pacing.ProjectedCost(campaign, Sample.Calendar, start, 0, start.AddDays(10)));
    }

    [Theory]
    [InlineData(10_000, 10_000, null, 1_000)]
    [InlineData(9_999, 10_000, null, 999)]
    [InlineData(10_000, 10_000, 500L, 500)]
    [InlineData(10_000, 10_000, 5_000L, 1_000)]
    [InlineData(long.MaxValue, 1_000, null, long.MaxValue)]
    public void Bought_BudgetAndPrice_IsWhatTheyPayAndNoMoreThanTheGoal(long budget, long price, long? goal, long bought) =>
        Assert.Equal(bought, CampaignCost.Bought(budget, price, goal));

    private static Pacing At(
        double days, long delivered, PriceModel price, CampaignState state = CampaignState.Approved, Accrual[]? kept = null,
        long? goal = null) => Pacing.Of(
        Booked(price, state, kept, goal), Sample.Calendar, Sample.Calendar.StartOf(FirstDay).AddDays(days), delivered);

    private static Campaign Booked(
        PriceModel price, CampaignState state = CampaignState.Approved, Accrual[]? kept = null, long? goal = null) => new()
        {
            OrganisationId = Guid.NewGuid(),
            Name = "C",
            State = state,
            StartsOn = FirstDay,
            EndsOn = FirstDay.AddDays(9),
            Targets = [Core.Segment.Silver],
            PriceModel = price,
            BudgetKrw = 10_000,
            PricePerThousandKrw = price == PriceModel.PerThousand ? 10_000 : null,
            Accruals = kept,
            Delivery = DeliveryTerms.Default with { Goal = goal },
            CreatedAt = DateTimeOffset.UnixEpoch,
        };
}
