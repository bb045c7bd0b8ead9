namespace FaceAd.Web.Campaigns.Booking;

/// <summary>What a list with numbered pages is sorted by.</summary>
enum CampaignSort
{
    Created = 0,
    Name = 1,
    Advertiser = 2,
    Starts = 3,
    Budget = 4,
    Impressions = 5,
    Reach = 6,
    Frequency = 7,
    Cpm = 8,
}
