namespace FaceAd.Web.Api.Models;

/// <summary>A change to several campaigns.</summary>
/// <param name="Action">pause, resume, endsOn, budget or sites.</param>
/// <param name="Campaigns">The campaigns, 1 to 200.</param>
/// <param name="Preview">Whether to return only what would happen.</param>
/// <param name="EndsOn">For endsOn: the new last day.</param>
/// <param name="Percent">For budget: percentage to change it by, negative to reduce it.</param>
/// <param name="SiteIds">For sites: the new sites; empty for all.</param>
sealed record BulkTermsModel(
    string? Action, BulkPickModel[]? Campaigns, bool Preview, DateOnly? EndsOn, int Percent, Guid[]? SiteIds);

/// <summary>One campaign of a bulk change.</summary>
/// <param name="Id">The campaign.</param>
/// <param name="Version">The version the change is based on; not needed for a preview.</param>
sealed record BulkPickModel(Guid Id, int? Version);

/// <summary>What a bulk change did, or would do.</summary>
/// <param name="Changed">Whether the campaigns were changed. If one is refused, none is.</param>
/// <param name="Campaigns">The outcome for each campaign.</param>
sealed record BulkModel(bool Changed, IReadOnlyList<BulkRowModel> Campaigns);

/// <summary>What a bulk change does to one campaign.</summary>
/// <param name="Id">The campaign.</param>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version before.</param>
/// <param name="Refusal">Why it is refused; null when it is not.</param>
/// <param name="Reason">The same as readable text.</param>
/// <param name="Before">Its terms before.</param>
/// <param name="After">Its terms after.</param>
sealed record BulkRowModel(
    Guid Id, string Name, int Version, string? Refusal, string? Reason, BulkStateModel Before, BulkStateModel After);

/// <summary>Terms that a bulk change can affect.</summary>
/// <param name="State">State.</param>
/// <param name="EndsOn">Last day.</param>
/// <param name="BudgetKrw">Budget, whole KRW.</param>
/// <param name="SiteIds">Sites; empty for all.</param>
sealed record BulkStateModel(string State, DateOnly EndsOn, long BudgetKrw, IReadOnlyList<Guid> SiteIds);
