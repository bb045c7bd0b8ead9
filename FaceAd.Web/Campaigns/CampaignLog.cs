using System.Text.Json;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Sessions;

namespace FaceAd.Web.Campaigns;

/// <summary>One line of a campaign's history.</summary>
/// <param name="Id">Identity; rises with time.</param>
/// <param name="At">When.</param>
/// <param name="Verb">What was done.</param>
/// <param name="Who">Sign-in name of who did it; null where it is not told, or nobody did.</param>
/// <param name="ByOwner">Whether somebody of the media owner did, whose name is not told to an advertiser.</param>
/// <param name="Details">Further words, such as what was changed.</param>
public sealed record CampaignEvent(long Id, DateTimeOffset At, AuditVerb Verb, string? Who, bool ByOwner, IReadOnlyDictionary<string, string> Details);

/// <summary>A page of it.</summary>
/// <param name="Events">Newest first.</param>
/// <param name="Next">Where the next page begins; null at the end.</param>
public sealed record CampaignEvents(IReadOnlyList<CampaignEvent> Events, AuditPlace? Next);

/// <summary>Who changed what of a campaign, from the audit log, as far as whoever asks may know it.</summary>
/// <param name="reader">The log.</param>
public sealed class CampaignLog(AuditReader reader)
{
    /// <summary>Reads a page. Whether the viewer may see the campaign has been asked before.</summary>
    /// <param name="viewer">Who asks.</param>
    /// <param name="campaign">The campaign.</param>
    /// <param name="after">Where the page begins; null for the newest.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<CampaignEvents> ReadAsync(Viewer viewer, Guid campaign, AuditPlace? after = null, CancellationToken cancellation = default)
    {
        var page = await reader.ReadAsync(new AuditFilter { SubjectId = campaign, After = after }, cancellation);
        // Who looked is the media owner's own affair.
        return new CampaignEvents([.. page.Entries.Where(e => viewer.IsAdmin || e.Verb != AuditVerb.FiguresViewed).Select(e => Of(viewer, e))], page.Next);
    }

    private static CampaignEvent Of(Viewer viewer, AuditEntry entry)
    {
        var told = viewer.IsAdmin || entry.OrganisationId == viewer.OrganisationId;
        return new CampaignEvent(entry.Id, entry.At, entry.Verb, told ? entry.UserName : null, !told && entry.UserId is not null,
            entry.Details is null ? new Dictionary<string, string>() : JsonSerializer.Deserialize<Dictionary<string, string>>(entry.Details) ?? []);
    }
}
