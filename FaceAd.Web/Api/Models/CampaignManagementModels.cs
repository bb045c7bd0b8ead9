using FaceAd.Web.Metrics;
using FaceAd.Web.Metrics.Forecasts;

namespace FaceAd.Web.Api.Models;

/// <summary>Parameters of a copy.</summary>
/// <param name="Name">Its name; absent for "Copy of ...".</param>
sealed record DuplicateModel(string? Name);

/// <summary>One entry of a campaign's history.</summary>
/// <param name="At">Time of the change.</param>
/// <param name="What">What was done, such as campaignChanged.</param>
/// <param name="Who">Sign-in name; null where it is withheld, or the system acted.</param>
/// <param name="ByMediaOwner">Whether the media owner's staff acted.</param>
/// <param name="Details">Further facts.</param>
sealed record HistoryModel(
    DateTimeOffset At, string What, string? Who, bool ByMediaOwner, IReadOnlyDictionary<string, string> Details);

/// <summary>A comment.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Author">The author's name at the time.</param>
/// <param name="ByMediaOwner">Whether it was written for the media owner.</param>
/// <param name="Text">The comment.</param>
/// <param name="At">When it was posted.</param>
sealed record CommentModel(Guid Id, string Author, bool ByMediaOwner, string Text, DateTimeOffset At);

/// <summary>A new comment.</summary>
/// <param name="Text">1 to 2,000 characters.</param>
sealed record NewCommentModel(string? Text);

/// <summary>Where and when a campaign would run.</summary>
/// <param name="Targets">Segments.</param>
/// <param name="SiteIds">Sites; without sites and groups: all.</param>
/// <param name="GroupIds">Site groups.</param>
/// <param name="Days">Days of the week; absent for all.</param>
/// <param name="Hours">Hours of the day; absent for all.</param>
sealed record InventoryTermsModel(string[]? Targets, Guid[]? SiteIds, Guid[]? GroupIds, string[]? Days, int[]? Hours);

/// <summary>What was measured there in the past.</summary>
/// <param name="Screens">Screens.</param>
/// <param name="Presences">Presences of the segments in the requested hours, repeats included; null when there are too many screens to sum
/// up.</param>
/// <param name="MeasuredDays">Days on which anyone was measured there.</param>
/// <param name="LookedBackDays">Days looked back, excluding today.</param>
sealed record InventoryModel(int Screens, long? Presences, int MeasuredDays, int LookedBackDays);

/// <summary>A figure of a forecast.</summary>
/// <param name="Value">The figure.</param>
/// <param name="Low">Lower end of the interval that holds four of five outcomes.</param>
/// <param name="High">Upper end.</param>
sealed record EstimateModel(double Value, double Low, double High)
{
    internal static EstimateModel Of(Estimate of, int digits) =>
        new(Math.Round(of.Value, digits), Math.Round(of.Low, digits), Math.Round(of.High, digits));
}

/// <summary>What a campaign of these terms can expect.</summary>
/// <param name="TargetImpressions">Impressions on its target.</param>
/// <param name="FreeTargetImpressions">Those that nobody else has booked.</param>
/// <param name="Goal">Those that are booked; null when it takes its share of what comes.</param>
/// <param name="Certainty">How likely the goal is met, 0 to 1; null without a goal.</param>
/// <param name="CostKrw">What it will cost.</param>
/// <param name="TargetCpmKrw">Cost of a thousand impressions on its target; null when none are expected.</param>
/// <param name="Reach">The counting period with most of its people; null while it is not known how often they come, for children, and,
/// for advertisers, of fewer than five people.</param>
/// <param name="Competitors">Other campaigns that want the same people at the same time; at most 20 are counted.</param>
/// <param name="CompetitorsShare">Share of these people that others have booked, 0 to 1.</param>
/// <param name="Weeks">Whole weeks of presences that it is made of; 0: nothing has been measured, and all of it is assumed.</param>
sealed record ForecastModel(
    EstimateModel TargetImpressions, EstimateModel FreeTargetImpressions, double? Goal, double? Certainty, EstimateModel CostKrw,
    EstimateModel? TargetCpmKrw, ReachForecastModel? Reach, int Competitors, double CompetitorsShare, int Weeks)
{
    internal static ForecastModel Of(Forecast forecast, bool exact) => new(
        EstimateModel.Of(forecast.Impressions, 0), EstimateModel.Of(forecast.Free, 0), forecast.Goal,
        forecast.Certainty is { } sure ? Math.Round(sure, 3) : null, EstimateModel.Of(forecast.CostKrw, 0),
        forecast.CpmKrw is { } cpm ? EstimateModel.Of(cpm, 0) : null,
        forecast.ShownReach(exact) is { } reach ? ReachForecastModel.Of(reach, exact) : null,
        forecast.Rivals.Count, Math.Round(forecast.BookedByOthers, 3), forecast.Weeks);
}

/// <summary>Who will be reached in a counting period.</summary>
/// <param name="From">First day on air in it.</param>
/// <param name="To">Last day on air in it.</param>
/// <param name="Universe">People of the target who will be seen; for advertisers in steps of five.</param>
/// <param name="Reach">Share of these who will be exposed, 0 to 1.</param>
/// <param name="Frequency">Exposures of each; null when nobody will be.</param>
sealed record ReachForecastModel(DateOnly From, DateOnly To, int Universe, EstimateModel Reach, EstimateModel? Frequency)
{
    internal static ReachForecastModel Of(ReachForecast reach, bool exact) => new(
        reach.From, reach.To, (int)(SmallCounts.Persons((int)Math.Round(reach.Universe.Value), 1, exact).Value ?? 0),
        EstimateModel.Of(reach.Share, 3), reach.Frequency is { } frequency ? EstimateModel.Of(frequency, 2) : null);
}
