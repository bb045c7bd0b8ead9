using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Delivery;

namespace FaceAd.Web.Components.Pages.Campaigns.Details;

/// <summary>Something to do about a campaign. Only what its reader can do now.</summary>
/// <param name="Key">What, the key of a text.</param>
/// <param name="Href">Where to do it; null where there is no page for it.</param>
/// <param name="Word">Key of the link's text.</param>
sealed record NextStep(string Key, string? Href = null, string? Word = null)
{
    /// <summary>The steps, most pressing first; none when it runs as it should, or waits for the other side.</summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="status">Whether it is showing, and why not.</param>
    /// <param name="pacing">Its pacing.</param>
    /// <param name="viewer">The user.</param>
    /// <param name="today">Today.</param>
    public static IEnumerable<NextStep> Of(Campaign campaign, DeliveryStatus status, Pacing pacing, Viewer viewer, DateOnly today)
    {
        var phase = CampaignPhases.Of(campaign, today);
        var (own, code) = ($"campaigns/{campaign.Id}", status.Code);
        var side = viewer.IsMediaOwner ? ".Admin" : ".Advertiser";
        var asks = !viewer.IsMediaOwner && viewer.CanChange
            && phase is CampaignPhase.Running or CampaignPhase.Scheduled or CampaignPhase.Paused;
        var toAsk = asks ? new NextStep("", $"{own}/request", "Change.Ask") : new NextStep("");
        if (code is "Submitted" or "ScreensOffline" or "NoScreens")
            yield return new("Book.Next." + code + side, OwnersPage(code), OwnersWord(code));
        else if (code is "Draft" or "Rejected" or "NoCreative")
            yield return CampaignSteps.Editable(campaign.State) && viewer.CanChange
                ? new("Book.Next." + code, $"{own}/edit", "Campaign.Edit") : new("Book.Next." + code);
        else if (code is "BudgetSpent" or "Outbid" or "HeldBack" or "WaitingForTargets" or "OutsideHours")
            yield return toAsk with { Key = "Book.Next." + code };
        else if (viewer.CanChange && code is not ("Showing" or "NotStarted" or "BetweenFlights" or "AheadOfPlan"))
            yield return new("Book.Next." + code);
        if (pacing.State == PacingState.Behind && phase == CampaignPhase.Running
            && code is not ("Outbid" or "HeldBack" or "WaitingForTargets"))
            yield return viewer.IsMediaOwner
                ? new("Story.Next.Behind.Admin", "admin/screens", "Nav.Screens") : toAsk with { Key = "Story.Next.Behind" };
        if (pacing.State == PacingState.Delivered && phase == CampaignPhase.Running && asks && code != "BudgetSpent")
            yield return toAsk with { Key = "Story.Next.Delivered" };
        if (phase == CampaignPhase.Ended)
            yield return new("Story.Next.Report", $"{own}/report", "Report.Open");

        string? OwnersPage(string of) => !viewer.IsMediaOwner ? null : of == "Submitted" ? "admin/approvals" : "admin/screens";
        string? OwnersWord(string of) => !viewer.IsMediaOwner ? null : of == "Submitted" ? "Nav.Approvals" : "Nav.Screens";
    }
}
