namespace FaceAd.Web.Campaigns.Booking;

/// <summary>A change that can be made to several campaigns at once.</summary>
enum BulkAction
{
    /// <summary>Pauses them.</summary>
    Pause = 0,

    /// <summary>Resumes them.</summary>
    Resume = 1,

    /// <summary>Sets their last day.</summary>
    EndsOn = 2,

    /// <summary>Changes their budgets by a percentage.</summary>
    Budget = 3,

    /// <summary>Sets their sites.</summary>
    Sites = 4,
}

/// <summary>A change to several campaigns.</summary>
/// <param name="Action">The kind of change.</param>
sealed record BulkChange(BulkAction Action)
{
    /// <summary>The new last day, for <see cref="BulkAction.EndsOn"/>.</summary>
    public DateOnly? EndsOn { get; init; }

    /// <summary>Percentage to change the budget by, negative to reduce it, for <see cref="BulkAction.Budget"/>.</summary>
    public int Percent { get; init; }

    /// <summary>The sites, for <see cref="BulkAction.Sites"/>; empty for all.</summary>
    public IReadOnlyList<Guid> SiteIds { get; init; } = [];
}

/// <summary>What a change does to one campaign.</summary>
/// <param name="Id">The campaign.</param>
/// <param name="Name">Its name; empty when it is gone.</param>
/// <param name="Version">Its version at the preview.</param>
/// <param name="Refusal">Why it is skipped; null when it changes.</param>
/// <param name="Before">Its terms before.</param>
/// <param name="After">Its terms after.</param>
sealed record BulkRow(Guid Id, string Name, int Version, BulkRefusal? Refusal, BulkTerms Before, BulkTerms After);

/// <summary>The terms that a bulk change can affect.</summary>
/// <param name="State">State.</param>
/// <param name="EndsOn">Last day.</param>
/// <param name="BudgetKrw">Budget, whole KRW.</param>
/// <param name="SiteIds">Sites; empty for all.</param>
readonly record struct BulkTerms(CampaignState State, DateOnly EndsOn, long BudgetKrw, IReadOnlyList<Guid> SiteIds);
