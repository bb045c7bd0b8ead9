using FaceAd.Core.Decisions.Experiments;
using FaceAd.Web.Campaigns.Experiments;
using FaceAd.Web.Delivery.Experiments;

namespace FaceAd.Web.Api.Experiments;

/// <summary>A new experiment with all creatives of a campaign.</summary>
/// <param name="Metric">attention, completedViews.</param>
/// <param name="SmallestDifference">The smallest difference worth knowing, 0.01 to 0.2; 0.03 when absent.</param>
/// <param name="ControlId">The creative that the others are measured by.</param>
/// <param name="WinnerTakesAll">Whether a winner has all plays from then on.</param>
sealed record NewExperimentModel(string? Metric, double? SmallestDifference, Guid? ControlId, bool WinnerTakesAll = false)
{
    internal ExperimentTerms? Terms => ApiWords.Read<ExperimentMetric>(Metric, out var metric) && ControlId is { } control
        ? new(metric, SmallestDifference ?? ExperimentTerms.UsualSmallest, control, WinnerTakesAll) : null;
}

/// <summary>One creative of an experiment.</summary>
/// <param name="CreativeId">The creative, in the version that was compared.</param>
/// <param name="Name">Its name.</param>
/// <param name="People">People counted; the lower end of a range for advertisers, null for fewer than 5.</param>
/// <param name="PeopleTo">Upper end of the range; null when people is exact, or null.</param>
/// <param name="Mean">Mean of their figures, 0..1; null below 100 people.</param>
/// <param name="OverControl">How much it is above the control, -1..1; null for the control, and while either has fewer than 100.</param>
/// <param name="Low">Lower end of its interval, which holds however often one looks.</param>
/// <param name="High">Its upper end.</param>
sealed record ExperimentArmModel(
    Guid CreativeId, string Name, int? People, int? PeopleTo, double? Mean, double? OverControl, double? Low, double? High);

/// <summary>An experiment with what it has found.</summary>
/// <param name="Id">Identity.</param>
/// <param name="CampaignId">The campaign.</param>
/// <param name="Metric">attention, completedViews.</param>
/// <param name="SmallestDifference">The smallest difference worth knowing.</param>
/// <param name="ControlId">The creative that the others are measured by.</param>
/// <param name="WinnerTakesAll">Whether a winner has all plays from then on.</param>
/// <param name="StartedAt">When it was started.</param>
/// <param name="FirstDay">The first day that is counted.</param>
/// <param name="CountedTo">The last day that has been counted; null before any.</param>
/// <param name="EndedAt">When it stopped; null while it runs.</param>
/// <param name="Reason">winner, noDifference, campaignOver, tooFew, creativesChanged, byHand; null while it runs.</param>
/// <param name="WinnerId">The creative that won; null without a winner.</param>
/// <param name="DaysLeft">Days until the smallest difference shows, at the rate of the last days; null when that cannot be told.</param>
/// <param name="AsAssigned">Share of the exposures of recognised people that were to their own arm's creative; null without any.</param>
/// <param name="Arms">Its creatives.</param>
sealed record ExperimentModel(
    Guid Id, Guid CampaignId, string Metric, double SmallestDifference, Guid ControlId, bool WinnerTakesAll, DateTimeOffset StartedAt,
    DateOnly FirstDay, DateOnly? CountedTo, DateTimeOffset? EndedAt, string? Reason, Guid? WinnerId, int? DaysLeft, double? AsAssigned,
    IReadOnlyList<ExperimentArmModel> Arms)
{
    internal static ExperimentModel Of(ExperimentResult result)
    {
        var e = result.Experiment;
        return new(
            e.Id, e.CampaignId, ApiWords.Of(e.Metric), e.Smallest, e.ControlId, e.WinnerTakesAll, e.StartedAt, e.FirstDay,
            e.CountedTo < e.FirstDay ? null : e.CountedTo, e.EndedAt, e.Reason is { } reason ? ApiWords.Of(reason) : null, e.WinnerId,
            result.DaysLeft, result.AsAssigned,
            [.. result.Arms.Select(a => new ExperimentArmModel(
                a.Id, a.Name, (int?)a.People.Value, (int?)a.People.UpTo, a.Mean, a.OverControl?.Difference, a.OverControl?.Low,
                a.OverControl?.High))]);
    }
}
