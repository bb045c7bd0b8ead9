using System.Text.Json;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Sessions;

namespace FaceAd.Web.Campaigns;

/// <summary>One entry of a campaign's history.</summary>
/// <param name="Id">Identity; ascending over time.</param>
/// <param name="At">Time of the change.</param>
/// <param name="Verb">What was done.</param>
/// <param name="Who">The user's sign-in name; null where it is withheld, or the system acted.</param>
/// <param name="ByOwner">Whether the media owner's staff acted, whose names are withheld from advertisers.</param>
/// <param name="Details">Further facts, such as what was changed.</param>
sealed record CampaignEvent(
    long Id, DateTimeOffset At, AuditVerb Verb, string? Who, bool ByOwner, IReadOnlyDictionary<string, string> Details);

/// <summary>One page of a campaign's history.</summary>
/// <param name="Events">Newest first.</param>
/// <param name="Next">Where the next page begins; null on the last page.</param>
sealed record CampaignEvents(IReadOnlyList<CampaignEvent> Events, AuditCursor? Next);

/// <summary>Who changed what in a campaign, from the audit log, reduced to what the requesting user may know.</summary>
/// <param name="reader">The log.</param>
sealed class CampaignLog(AuditReader reader)
{
    /// <summary>Reads a page. The caller has checked that the user may see the campaign.</summary>
    /// <param name="viewer">The requesting user.</param>
    /// <param name="campaign">The campaign.</param>
    /// <param name="after">Where the page begins; null for the newest.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public async Task<CampaignEvents> ReadAsync(
        Viewer viewer, Guid campaign, AuditCursor? after = null, CancellationToken cancellation = default)
    {
        var page = await reader.ReadAsync(new AuditFilter { SubjectId = campaign, After = after }, cancellation);
        // Which administrators viewed the figures is internal to the media owner.
        return new CampaignEvents(
            [.. page.Entries.Where(e => viewer.IsMediaOwner || e.Verb != AuditVerb.FiguresViewed).Select(e => Of(viewer, e))], page.Next);
    }

    private static CampaignEvent Of(Viewer viewer, AuditEntry entry)
    {
        var told = viewer.IsMediaOwner || entry.OrganisationId == viewer.OrganisationId;
        return new CampaignEvent(
            entry.Id, entry.At, entry.Verb, told ? entry.UserName : null, !told && entry.UserId is not null,
            entry.Details is null ? [] : JsonSerializer.Deserialize<Dictionary<string, string>>(entry.Details) ?? []);
    }
}
