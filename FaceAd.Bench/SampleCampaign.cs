using FaceAd.Core;
using FaceAd.Web.Accounts;
using FaceAd.Web.Campaigns;

namespace FaceAd.Bench;

/// <summary>An approved campaign with one creative whose file does not exist: what is measured never opens it.</summary>
internal static class SampleCampaign
{
    /// <summary>Makes the rows; the caller adds them.</summary>
    /// <param name="advertiser">Its organisation.</param>
    /// <param name="name">Its name.</param>
    /// <param name="flight">First and last day, inclusive.</param>
    /// <param name="targets">Target segments.</param>
    /// <param name="now">When it was created.</param>
    /// <param name="budgetKrw">Flat budget in whole KRW.</param>
    /// <param name="seconds">Length of the creative in seconds.</param>
    public static (Campaign Campaign, Creative Creative) Of(
        Organisation advertiser, string name, (DateOnly First, DateOnly Last) flight, Segment[] targets, DateTimeOffset now,
        long budgetKrw = 1_000_000, double seconds = 10)
    {
        var campaign = new Campaign
        {
            OrganisationId = advertiser.Id,
            Name = name,
            State = CampaignState.Approved,
            StartsOn = flight.First,
            EndsOn = flight.Last,
            Targets = targets,
            BudgetKrw = budgetKrw,
            CreatedAt = now,
        };
        var creative = new Creative
        {
            OrganisationId = advertiser.Id,
            CampaignId = campaign.Id,
            Name = "Video",
            Sha256 = new string('a', 64),
            Bytes = 1,
            Seconds = seconds,
            Width = 640,
            Height = 360,
            CreatedAt = now,
        };
        return (campaign, creative);
    }
}
