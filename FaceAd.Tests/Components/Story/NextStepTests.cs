using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Components.Pages.Campaigns.Details;
using FaceAd.Web.Delivery;

namespace FaceAd.Tests.Components.Story;

/// <summary>What the campaign page advises: only what its reader can do now.</summary>
public sealed class NextStepTests
{
    private static readonly DateOnly Day = new(2026, 3, 10);
    private static readonly Viewer Advertiser = new(Guid.NewGuid(), false);
    private static readonly Viewer Admin = new(Guid.NewGuid(), true);

    [Theory]
    [InlineData("Showing", 400)] // on track
    [InlineData("NotStarted", 0)]
    [InlineData("BetweenFlights", 400)]
    public void Of_NothingWrong_IsNothing(string code, long delivered) => Assert.Empty(Of(code, delivered, Advertiser));

    [Fact]
    public void Of_BehindPlan_TheAdvertiserAsksAndTheOwnerChecks()
    {
        var asks = Assert.Single(Of("Showing", 100, Advertiser));
        Assert.Equal("Story.Next.Behind", asks.Key);
        Assert.EndsWith("/request", asks.Href, StringComparison.Ordinal);
        var checks = Assert.Single(Of("Showing", 100, Admin));
        Assert.Equal(("Story.Next.Behind.Admin", "admin/screens"), (checks.Key, checks.Href));
    }

    [Fact]
    public void Of_BehindAndOutbid_IsSaidOnce() => Assert.Equal("Book.Next.Outbid", Assert.Single(Of("Outbid", 100, Advertiser)).Key);

    [Fact]
    public void Of_AnAnalyst_HasNoLinkToWhatIsNotTheirs()
    {
        var analyst = Advertiser with { ReadOnly = true };
        Assert.All(Of("Showing", 100, analyst).Concat(Of("Rejected", 0, analyst, CampaignState.Rejected)), s => Assert.Null(s.Href));
    }

    [Theory]
    [InlineData(CampaignState.Rejected, "Rejected", "/edit")]
    [InlineData(CampaignState.Draft, "Draft", "/edit")]
    public void Of_NotBooked_LeadsToTheForm(CampaignState state, string code, string ends) =>
        Assert.EndsWith(ends, Assert.Single(Of(code, 0, Advertiser, state)).Href, StringComparison.Ordinal);

    [Fact]
    public void Of_Ended_OffersTheReport()
    {
        var steps = Of("Ended", 900, Advertiser, day: 20);
        Assert.Equal(["Book.Next.Ended", "Story.Next.Report"], steps.Select(s => s.Key));
        Assert.EndsWith("/report", steps[^1].Href, StringComparison.Ordinal);
    }

    private static List<NextStep> Of(
        string code, long delivered, Viewer viewer, CampaignState state = CampaignState.Approved, int day = 4)
    {
        var campaign = new Campaign
        {
            OrganisationId = Guid.NewGuid(),
            Name = "C",
            State = state,
            StartsOn = Day,
            EndsOn = Day.AddDays(9),
            Targets = [Segment.Silver],
            PriceModel = PriceModel.PerThousand,
            PricePerThousandKrw = 10_000,
            BudgetKrw = 10_000, // a thousand target impressions
            CreatedAt = DateTimeOffset.UnixEpoch,
        };
        var today = Day.AddDays(day);
        var now = Sample.Calendar.StartOf(today);
        if (code == "NotStarted") (campaign.StartsOn, campaign.EndsOn) = (today.AddDays(1), today.AddDays(9));
        return [.. NextStep.Of(
            campaign, new DeliveryStatus(code == "Showing", code, null), Pacing.Of(campaign, Sample.Calendar, now, delivered), viewer,
            today)];
    }
}
