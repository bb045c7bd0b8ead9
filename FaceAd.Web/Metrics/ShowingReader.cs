using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using FaceAd.Web.Players;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Metrics;

/// <summary>Whether a campaign is showing, and if not, why.</summary>
/// <param name="Showing">Whether it was on a screen within the last two minutes.</param>
/// <param name="Code">
/// Draft, Submitted, Rejected, Paused, NoCreative, NoScreens, NotStarted, Ended, BudgetSpent, Showing, ScreensOffline, Outbid or WaitingForTargets.
/// </param>
/// <param name="LastPlayAt">Start of its newest play; null before the first.</param>
public sealed record ShowingStatus(bool Showing, string Code, DateTimeOffset? LastPlayAt);

/// <summary>Answers "why is this not showing?" from the campaign's rows, the connected screens and the recorded decisions.</summary>
public sealed class ShowingReader(
    IDbContextFactory<FaceAdDbContext> contexts, ScreenDirectory screens, ScreenConnections connections, TimeProvider time)
{
    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan DecisionsLookedAt = TimeSpan.FromMinutes(10);

    /// <summary>Why a campaign is, or is not, showing.</summary>
    /// <param name="campaignId">The campaign.</param>
    /// <exception cref="KeyNotFoundException">There is no such campaign.</exception>
    public async Task<ShowingStatus> WhyAsync(Guid campaignId)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var campaign = await db.Campaigns.AsNoTracking().Include(c => c.Total).Include(c => c.Creatives).SingleOrDefaultAsync(c => c.Id == campaignId)
            ?? throw new KeyNotFoundException($"There is no campaign {campaignId}.");
        var now = time.GetUtcNow();
        var lastPlay = campaign.Total?.LastPlayAt;
        var its = screens.All.Where(s => Targeting.RunsAt(campaign.SiteIds, s.SiteId)).ToList();
        var code = ByItself(campaign, its, now);
        if (code is null && lastPlay is { } last && now - last < Recent) return new ShowingStatus(true, "Showing", last);
        code ??= its.Any(s => connections.IsConnected(s.Id)) ? await ByDecisionsAsync(db, campaign, its, now) : "ScreensOffline";
        return new ShowingStatus(false, code, lastPlay);
    }

    private static string? ByItself(Campaign campaign, List<ScreenEntry> its, DateTimeOffset now)
    {
        if (campaign.State != CampaignState.Approved) return campaign.State.ToString();
        if (campaign.Creatives.Count == 0) return "NoCreative";
        if (its.Count == 0) return "NoScreens";
        if (its.All(s => s.Calendar.DayOf(now) < campaign.StartsOn)) return "NotStarted";
        if (its.All(s => s.Calendar.DayOf(now) > campaign.EndsOn)) return "Ended";
        var spent = campaign.PriceModel == PriceModel.PerThousand && CampaignCost.ToDate(
            campaign.PriceModel, campaign.BudgetWon, campaign.PricePerThousandWon, 1, campaign.Total?.TargetImpressions ?? 0) >= campaign.BudgetWon;
        return spent ? "BudgetSpent" : null;
    }

    // Its segment was in front of its screens lately, and another campaign was chosen; or its segment did not come.
    private static async Task<string> ByDecisionsAsync(FaceAdDbContext db, Campaign campaign, List<ScreenEntry> its, DateTimeOffset now)
    {
        var (ids, since, targets) = (its.Select(s => s.Id).ToArray(), now - DecisionsLookedAt, campaign.Targets);
        var outbid = await db.Decisions.AsNoTracking().AnyAsync(
            d => ids.Contains(d.ScreenId) && d.At > since && targets.Contains(d.Dominant) && d.CampaignId != null && d.CampaignId != campaign.Id);
        return outbid ? "Outbid" : "WaitingForTargets";
    }
}
