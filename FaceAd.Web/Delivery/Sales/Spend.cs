namespace FaceAd.Web.Delivery.Sales;

/// <summary>A running campaign and how it keeps to its plan.</summary>
/// <param name="Id">The campaign.</param>
/// <param name="Name">Its name.</param>
/// <param name="Pacing">Its pacing.</param>
public sealed record PacedCampaign(Guid Id, string Name, Pacing Pacing);

/// <summary>What an advertiser's running campaigns cost together, whole KRW, and how they keep to their plans.</summary>
/// <param name="CommittedKrw">Their budgets.</param>
/// <param name="AccruedKrw">Their cost to date.</param>
/// <param name="ProjectedKrw">Their cost by their ends, of those for which it can be told; null when there are none of these.</param>
/// <param name="TooEarly">For how many it is too early to tell.</param>
/// <param name="Campaigns">The campaigns: those behind their plan first, then by their end.</param>
public sealed record Spend(
    long CommittedKrw, long AccruedKrw, long? ProjectedKrw, int TooEarly, IReadOnlyList<PacedCampaign> Campaigns);

/// <summary>A day of an advertiser's campaigns together.</summary>
/// <param name="Day">The day.</param>
/// <param name="Impressions">Impressions.</param>
/// <param name="SpendKrw">Accrued cost, whole KRW.</param>
public readonly record struct TrendDay(DateOnly Day, long Impressions, long SpendKrw);
