using FaceAd.Web.Campaigns.Approvals;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Campaigns.Experiments;
using FaceAd.Web.Campaigns.Requests;

namespace FaceAd.Web.Campaigns;

/// <summary>Registers the services of campaigns.</summary>
static class CampaignsSetup
{
    public static void AddCampaigns(this IServiceCollection services)
    {
        services.AddOptions<ApprovalOptions>().BindConfiguration("Approvals").ValidateOnStart();
        services.AddSingleton<CampaignNews>();
        services.AddSingleton<ApprovalRule>();
        services.AddSingleton<CampaignService>();
        services.AddSingleton<CampaignComments>();
        services.AddSingleton<CampaignFinder>();
        services.AddSingleton<CampaignBulk>();
        services.AddSingleton<ApprovalQueue>();
        services.AddSingleton<ChangeRequests>();
        services.AddSingleton<CampaignLog>();
        services.AddSingleton<SiteGroups>();
        services.AddSingleton<ExperimentService>();
    }
}
