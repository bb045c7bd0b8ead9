using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Data;
using FaceAd.Web.Notifications;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Campaigns.Approvals;

/// <summary>Counts approvals and decides whether they suffice. Every approval goes through here, inside its transaction.</summary>
/// <param name="options">Approval settings.</param>
sealed class ApprovalRule(IOptions<ApprovalOptions> options)
{
    /// <summary>Whether two different administrators must approve.</summary>
    public bool FourEyes => options.Value.FourEyes;

    /// <summary>
    /// Adds an approval to the open transaction, which has locked the campaign's row, so that concurrent approvals run one after the other.
    /// </summary>
    /// <param name="db">A context with an open transaction.</param>
    /// <param name="campaign">The campaign.</param>
    /// <param name="creative">The creative version; null for the campaign as a whole.</param>
    /// <param name="since">When it was submitted: older approvals were for something else.</param>
    /// <param name="viewer">The reviewer.</param>
    /// <param name="confirmed">What the reviewer confirmed.</param>
    /// <param name="now">The current time.</param>
    internal async Task<ApprovalOutcome> AddAsync(
        FaceAdDbContext db, Campaign campaign, Creative? creative, DateTimeOffset since, Viewer viewer,
        IReadOnlyCollection<ReviewItem>? confirmed, DateTimeOffset now)
    {
        var others = 0;
        if (FourEyes)
        {
            var subject = creative?.Id;
            var before = await db.Set<Approval>().Where(a => a.CampaignId == campaign.Id && a.CreativeId == subject && a.At >= since)
                .Select(a => a.UserId).ToListAsync();
            // A caller without an identity could be the same person again, so it does not count.
            if (viewer.UserId is null || before.Contains(viewer.UserId)) return ApprovalOutcome.SameAgain;
            others = before.Count;
        }
        db.Add(
            new Approval
            {
                CampaignId = campaign.Id,
                CreativeId = creative?.Id,
                UserId = viewer.UserId,
                UserName = viewer.Name,
                Confirmed = [.. confirmed ?? []],
                At = now,
            });
        if (!FourEyes || others > 0) return ApprovalOutcome.Enough;
        await db.NotifyOwnersAsync(NotificationKind.SecondNeeded, campaign.Id, campaign.Name, creative?.Name, viewer, now);
        return ApprovalOutcome.SecondNeeded;
    }

    /// <summary>Notifies the people concerned by a campaign's step.</summary>
    internal static Task TellAsync(
        FaceAdDbContext db, Viewer viewer, Campaign campaign, CampaignAction action, string? reason, DateTimeOffset now) => action switch
        {
            CampaignAction.Submit =>
                db.NotifyOwnersAsync(NotificationKind.CampaignSubmitted, campaign.Id, campaign.Name, null, viewer, now),
            CampaignAction.Approve =>
                db.NotifyOrganisationAsync(
                    campaign.OrganisationId, NotificationKind.CampaignApproved, campaign.Id, campaign.Name, null, viewer, now),
            CampaignAction.Reject =>
                db.NotifyOrganisationAsync(
                    campaign.OrganisationId, NotificationKind.CampaignRejected, campaign.Id, campaign.Name, reason, viewer, now),
            _ => Task.CompletedTask,
        };
}
