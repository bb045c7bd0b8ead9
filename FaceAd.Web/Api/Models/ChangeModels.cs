using FaceAd.Core.Decisions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Campaigns.Requests;

namespace FaceAd.Web.Api.Models;

/// <summary>A new change request. What is absent stays as it is now.</summary>
/// <param name="StartsOn">First day, inclusive; with endsOn, replaces several flights by one.</param>
/// <param name="EndsOn">Last day, inclusive.</param>
/// <param name="Flights">Runs of days, if there are to be several.</param>
/// <param name="Targets">Segments; only before the campaign starts.</param>
/// <param name="SiteIds">Sites; empty, and without groups, for all.</param>
/// <param name="GroupIds">Site groups, in addition.</param>
/// <param name="Days">Days of the week: mon, tue, wed, thu, fri, sat, sun.</param>
/// <param name="Hours">Hours of the day, 0 to 23.</param>
/// <param name="BudgetKrw">Whole KRW, VAT excluded; not less than has accrued.</param>
/// <param name="Creatives">All creatives that are to play, with their weights, 1 to 100. New ones are uploaded to the campaign first, and
/// need their own approval.</param>
/// <param name="Message">For the media owner, at most 1,000 characters.</param>
/// <param name="Replaces">The open request that this one replaces.</param>
/// <param name="Version">The campaign's version that it is based on; absent for that of now.</param>
sealed record NewChangeModel(
    DateOnly? StartsOn, DateOnly? EndsOn, Flight[]? Flights, string[]? Targets, Guid[]? SiteIds, Guid[]? GroupIds, string[]? Days,
    int[]? Hours, long? BudgetKrw, Dictionary<Guid, int>? Creatives, string? Message, Guid? Replaces, int? Version)
{
    internal CampaignDraft ToDraft(Campaign c) => new CampaignTermsModel(
        c.Name, StartsOn ?? c.StartsOn, EndsOn ?? c.EndsOn, Targets ?? [.. c.Targets.Select(t => t.ToString())],
        SiteIds ?? c.OwnSiteIds ?? c.SiteIds, GroupIds ?? c.GroupIds, Days ?? CampaignTermsModel.NamesOf(c.Days),
        Hours ?? CampaignTermsModel.HoursOf(c.Hours), null, BudgetKrw ?? c.BudgetKrw, null, Version ?? c.Version,
        Flights: Flights ?? (StartsOn is null && EndsOn is null ? c.Flights : null)).ToDraft();
}

/// <summary>Terms that a change request is about.</summary>
/// <param name="StartsOn">First day.</param>
/// <param name="EndsOn">Last day.</param>
/// <param name="Flights">Runs of days, in order; at least one.</param>
/// <param name="BudgetKrw">Budget, whole KRW.</param>
/// <param name="Targets">Segments.</param>
/// <param name="SiteIds">Sites; empty, and without groups, for all.</param>
/// <param name="GroupIds">Site groups.</param>
/// <param name="Days">Days of the week.</param>
/// <param name="Hours">Hours of the day.</param>
/// <param name="Creatives">Weights of the creatives that play, by lineId.</param>
sealed record ChangeTermsModel(
    DateOnly StartsOn, DateOnly EndsOn, IReadOnlyList<Flight> Flights, long BudgetKrw, string[] Targets, Guid[] SiteIds, Guid[] GroupIds,
    string[] Days, int[] Hours, Dictionary<Guid, int> Creatives)
{
    internal static ChangeTermsModel Of(RequestedTerms t) => new(
        t.StartsOn, t.EndsOn, t.Plan.Flights, t.BudgetKrw, [.. t.Targets.Select(ApiWords.Of)], t.SiteIds, t.GroupIds,
        CampaignTermsModel.NamesOf(t.Days), CampaignTermsModel.HoursOf(t.Hours), t.Creatives);
}

/// <summary>A change request.</summary>
/// <param name="Id">Identity.</param>
/// <param name="CampaignId">The campaign.</param>
/// <param name="State">open, withdrawn, replaced, accepted or declined.</param>
/// <param name="Author">Who asked.</param>
/// <param name="Message">What they wrote with it.</param>
/// <param name="Reason">Why it was declined; null otherwise.</param>
/// <param name="CreatedAt">When it was sent.</param>
/// <param name="ChangedAt">When its state changed last.</param>
/// <param name="Changed">The terms that differ: dates, budget, targets, sites, hours, creatives.</param>
/// <param name="Before">The campaign's terms; of an open request read by itself those of now, else those of when it was sent.</param>
/// <param name="Asked">The requested terms.</param>
sealed record ChangeRequestModel(
    Guid Id, Guid CampaignId, string State, string Author, string? Message, string? Reason, DateTimeOffset CreatedAt,
    DateTimeOffset ChangedAt, string[] Changed, ChangeTermsModel Before, ChangeTermsModel Asked)
{
    /// <summary>The campaign's version, which an acceptance has to name; null in lists.</summary>
    public int? Version { get; init; }

    /// <summary>The campaign's cost to date, whole KRW; null in lists.</summary>
    public long? AccruedKrw { get; init; }

    /// <summary>Why it cannot be accepted: ended, edited, budgetSpent, daysPassed, creativeWaiting, creativeRefused,
    /// targetsFixed, terms; null in lists.</summary>
    public string[]? Misfits { get; init; }

    internal static ChangeRequestModel Of(ChangeRequest r) => Of(r, r.Before, r.Asked.Differences(r.Before));

    internal static ChangeRequestModel Of(RequestView view) => Of(view.Request, view.Before, view.Changed) with
    {
        Version = view.Campaign.Version,
        AccruedKrw = KrwAmount.Whole(view.AccruedKrw),
        Misfits = [.. view.Misfits.Select(ApiWords.Of)],
    };

    private static ChangeRequestModel Of(ChangeRequest r, RequestedTerms before, IReadOnlyList<ChangedTerm> changed) => new(
        r.Id, r.CampaignId, ApiWords.Of(r.State), r.Author, r.Message, r.Reason, r.CreatedAt, r.ChangedAt,
        [.. changed.Select(ApiWords.Of)], ChangeTermsModel.Of(before), ChangeTermsModel.Of(r.Asked));
}

/// <summary>An acceptance.</summary>
/// <param name="Version">The campaign's version that was looked at.</param>
sealed record AcceptModel(int? Version);
