using FaceAd.Web.Metrics;

namespace FaceAd.Web.Api.Models;

/// <summary>Current key figures.</summary>
/// <param name="Waiting">Campaigns, new versions of creatives and change requests awaiting a decision.</param>
/// <param name="PlaysToday">Campaign plays since each site's midnight.</param>
/// <param name="CoverageToday">Their measured share, 0..1; null without plays.</param>
/// <param name="RunningTotal">Campaigns that may run today.</param>
/// <param name="Running">Those of them with the largest budgets.</param>
sealed record OverviewModel(
    int Waiting, long PlaysToday, double? CoverageToday, int RunningTotal, IReadOnlyList<RunningModel> Running);

/// <summary>A campaign that runs today, with exact figures.</summary>
/// <param name="Id">The campaign.</param>
/// <param name="Name">Its name.</param>
/// <param name="Advertiser">Its advertiser.</param>
/// <param name="Targets">Its segments.</param>
/// <param name="Impressions">Impressions.</param>
/// <param name="Reach">Reach, 0..1; null when undefined.</param>
/// <param name="ReachReason">Why there is neither Reach nor Frequency: children; null otherwise.</param>
/// <param name="Frequency">Frequency; null when undefined.</param>
/// <param name="CpmKrw">Cost per thousand impressions, KRW; null when undefined, and before 100 impressions.</param>
/// <param name="CpmReason">Why there is no CPM: tooEarly, notBegun; null otherwise.</param>
/// <param name="Coverage">Measured plays / plays, 0..1; null without plays.</param>
sealed record RunningModel(Guid Id, string Name, string Advertiser, string[] Targets, long Impressions, double? Reach,
    string? ReachReason, double? Frequency, double? CpmKrw, string? CpmReason, double? Coverage);

/// <summary>Audience figures.</summary>
/// <param name="From">First day.</param>
/// <param name="To">Last day.</param>
/// <param name="All">All viewers.</param>
/// <param name="Segments">By segment.</param>
/// <param name="Hours">By hour of the day, 0 to 23.</param>
/// <param name="Screens">By screen.</param>
sealed record AudienceModel(
    DateOnly From, DateOnly To, AudienceCount All, IReadOnlyDictionary<string, AudienceCount> Segments, IReadOnlyList<AudienceCount> Hours,
    IReadOnlyDictionary<Guid, AudienceCount> Screens);
