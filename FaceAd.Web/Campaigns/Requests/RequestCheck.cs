using System.Globalization;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Campaigns.Requests;

/// <summary>Requested terms beside the campaign as it is.</summary>
/// <param name="Campaign">The campaign, with its current creatives and its total.</param>
/// <param name="Asked">The requested terms.</param>
/// <param name="Draft">The same as a draft.</param>
/// <param name="Groups">The groups they name.</param>
/// <param name="Lines">All versions of the campaign's creatives, newest first, by line.</param>
/// <param name="Problems">Problems with the terms themselves, the creatives aside.</param>
/// <param name="Accrued">The campaign's cost to date.</param>
sealed record RequestCheck(
    Campaign Campaign, RequestedTerms Asked, CampaignDraft Draft, IReadOnlyList<SiteGroup> Groups, ILookup<Guid, Creative> Lines,
    IReadOnlyList<CampaignProblem> Problems, decimal Accrued)
{
    /// <summary>Checks terms by the rules of every change of booked terms.</summary>
    /// <param name="db">The database; inside a transaction, named groups are locked.</param>
    /// <param name="campaign">The campaign.</param>
    /// <param name="asked">The requested terms; their dates are in order.</param>
    /// <param name="today">Today, in the pages' time zone.</param>
    /// <param name="now">The current time.</param>
    public static async Task<RequestCheck> OfAsync(
        FaceAdDbContext db, Campaign campaign, RequestedTerms asked, DateOnly today, DateTimeOffset now)
    {
        await db.Entry(campaign).Reference(c => c.Total).LoadAsync();
        var creatives = await db.Creatives.IgnoreQueryFilters().Where(c => c.CampaignId == campaign.Id)
            .OrderByDescending(c => c.Version).ThenBy(c => c.CreatedAt).ThenBy(c => c.Id).ToListAsync();
        var accrued = AccruedCost.Of(campaign, (await AccruedCost.CalendarsAsync(db, [campaign.Id]))[campaign.Id], now);
        var draft = asked.ToDraft(campaign);
        var (problems, groups) = await CampaignService.CheckAsync(db, draft, today);
        if (problems.Count == 0)
        {
            problems = [.. BookedRules.Problems(campaign.Plan, asked.Plan, asked.BudgetKrw, accrued, today)];
            if (BookedRules.AreTargetsFixed(campaign, asked.Targets, today)) problems = [.. problems, CampaignProblem.TargetsFixed];
        }
        return new RequestCheck(campaign, asked, draft, groups, creatives.ToLookup(c => c.LineId), problems, accrued);
    }

    /// <summary>The version of a creative that plays, or would play; null when it was rejected or removed.</summary>
    public Creative? Playing(Guid line) =>
        Of(line, CreativeState.Current) ?? Of(line, CreativeState.Held) ?? Of(line, CreativeState.Proposed);

    /// <summary>Why the request cannot be accepted; empty when it can.</summary>
    /// <param name="before">The campaign's terms when it was sent.</param>
    /// <param name="today">Today, in the pages' time zone.</param>
    public IReadOnlyList<RequestMisfit> Misfits(RequestedTerms before, DateOnly today)
    {
        if (CampaignPhases.Of(Campaign, today) == CampaignPhase.Ended) return [RequestMisfit.Ended];
        SortedSet<RequestMisfit> misfits = [.. Problems.Select(p => p switch
        {
            CampaignProblem.BudgetSpent => RequestMisfit.BudgetSpent,
            CampaignProblem.DaysBegun or CampaignProblem.PeriodOver => RequestMisfit.DaysPassed,
            CampaignProblem.TargetsFixed => RequestMisfit.TargetsFixed,
            _ => RequestMisfit.Terms,
        })];
        if (RequestedTerms.Of(Campaign).Differences(before).Count > 0) misfits.Add(RequestMisfit.Edited);
        var states = Asked.Creatives.Keys.Select(line => Playing(line)?.State).ToList();
        if (states.Contains(CreativeState.Proposed)) misfits.Add(RequestMisfit.CreativeWaiting);
        if (states.Contains(null)) misfits.Add(RequestMisfit.CreativeRefused);
        return [.. misfits];
    }

    /// <summary>What would change, for the audit log, as "before → after".</summary>
    /// <param name="db">Tracks the campaign.</param>
    public (string Key, string? Value)[] Changes(FaceAdDbContext db)
    {
        Campaign Copy() => (Campaign)db.Entry(Campaign).CurrentValues.ToObject();
        var after = Copy();
        CampaignService.Apply(after, Draft, Groups);
        var changes = CampaignTerms.Changes(CampaignTerms.Of(Copy()), CampaignTerms.Of(after));
        var now = RequestedTerms.Of(Campaign);
        return Asked.Differences(now).Contains(ChangedTerm.Creatives)
            ? [.. changes, ("creatives", $"{Written(now.Creatives)} → {Written(Asked.Creatives)}")] : changes;
    }

    private string Written(Dictionary<Guid, int> creatives) => string.Join(", ", creatives
        .Select(c => (Name: Playing(c.Key)?.Name ?? "–", Weight: c.Value)).Order()
        .Select(c => creatives.Count == 1 ? c.Name : string.Create(CultureInfo.InvariantCulture, $"{c.Name} ({c.Weight})")));

    private Creative? Of(Guid line, CreativeState state) => Lines[line].FirstOrDefault(c => c.State == state);
}
