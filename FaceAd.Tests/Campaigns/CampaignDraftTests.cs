using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Core.Decisions.Gates;
using FaceAd.Core.Decisions.Pacing;
using FaceAd.Web.Campaigns.Booking;

namespace FaceAd.Tests.Campaigns;

public sealed class CampaignDraftTests
{
    private static readonly DateOnly Today = new(2026, 3, 10);
    private static readonly Guid Site = Guid.NewGuid();

    [Fact]
    public void Problems_GoodTerms_AreNone() => Assert.Empty(Draft(_ => { }).Problems(Today, [Site]));

    [Fact]
    public void Problems_LastDayToday_AreNone() =>
        Assert.Empty(Draft(d => (d.StartsOn, d.EndsOn) = (Today.AddDays(-5), Today)).Problems(Today, [Site]));

    public static TheoryData<Action<CampaignDraft>, CampaignProblem> Mistakes => new()
    {
        { d => d.Name = "  ", CampaignProblem.NameMissing },
        { d => d.Name = new string('x', 121), CampaignProblem.NameTooLong },
        { d => d.Targets.Clear(), CampaignProblem.TargetsMissing },
        { d => d.Targets.Add(Segment.Unknown), CampaignProblem.TargetsMissing },
        { d => d.Targets.Add((Segment)99), CampaignProblem.TargetsMissing },
        { d => d.SiteIds.Add(Guid.NewGuid()), CampaignProblem.SiteUnknown },
        { d => d.EndsOn = d.StartsOn.AddDays(-1), CampaignProblem.EndsBeforeStart },
        { d => d.EndsOn = d.StartsOn.AddDays(CampaignDraft.MaxDays), CampaignProblem.PeriodTooLong },
        { d => (d.StartsOn, d.EndsOn) = (Today.AddDays(-9), Today.AddDays(-1)), CampaignProblem.PeriodOver },
        { d => d.BudgetKrw = 0, CampaignProblem.BudgetOutOfRange },
        { d => d.BudgetKrw = CampaignDraft.MaxBudgetKrw + 1, CampaignProblem.BudgetOutOfRange },
        { d => d.PriceModel = PriceModel.PerThousand, CampaignProblem.PriceMissing },
        { d => (d.PriceModel, d.PricePerThousandKrw) = (PriceModel.PerThousand, 0), CampaignProblem.PriceMissing },
        { d => d.Delivery = new() { Goal = 0 }, CampaignProblem.GoalOutOfRange },
        { d => d.Delivery = new() { Goal = DeliveryTerms.MaxGoal + 1 }, CampaignProblem.GoalOutOfRange },
        { d => d.Delivery = new() { Caps = [new(0, CapUnit.Day, true)] }, CampaignProblem.CapOutOfRange },
        { d => d.Delivery = new() { Caps = [new(1, (CapUnit)(-1), true)] }, CampaignProblem.CapOutOfRange },
        {
            d => d.Delivery = new() { Caps = [.. Enumerable.Repeat(new FrequencyCap(1, CapUnit.Day, true), 4)] },
            CampaignProblem.CapOutOfRange
        },
        { d => d.Delivery = new() { Separation = new(99, 0, default) }, CampaignProblem.SeparationOutOfRange },
        { d => d.Delivery = new() { Separation = new(1, 0, TimeSpan.FromDays(2)) }, CampaignProblem.SeparationOutOfRange },
        { d => d.Delivery = new() { Separation = new(1, -1, default) }, CampaignProblem.SeparationOutOfRange },
        { d => d.Delivery = new() { ShareOfVoice = 1.1 }, CampaignProblem.PaceOutOfRange },
        { d => d.Delivery = new() { ShareOfVoice = double.NaN }, CampaignProblem.PaceOutOfRange },
        { d => d.Delivery = new() { Pace = (Pace)9 }, CampaignProblem.PaceOutOfRange },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Problems_OneMistake_IsTheOneNamed(Action<CampaignDraft> mistake, CampaignProblem expected) =>
        Assert.Equal([expected], Draft(mistake).Problems(Today, [Site]));

    private static CampaignDraft Draft(Action<CampaignDraft> change)
    {
        var draft = new CampaignDraft
        {
            Name = "Spring",
            StartsOn = Today,
            EndsOn = Today.AddDays(13),
            Targets = new SortedSet<Segment> { Segment.Kids },
            SiteIds = new HashSet<Guid> { Site },
            BudgetKrw = 1_000_000,
        };
        change(draft);
        return draft;
    }
}
