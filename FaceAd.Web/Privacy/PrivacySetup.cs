using FaceAd.Web.Screens;

namespace FaceAd.Web.Privacy;

static class PrivacySetup
{
    public static void AddPrivacy(this IServiceCollection services)
    {
        services.AddSingleton<EpochErasure>();
        services.AddSingleton<EpochEnd>();
        services.AddHostedService(provider => provider.GetRequiredService<EpochEnd>());
        services.AddSingleton(provider => new SiteErasure(async (site, cancellation) =>
            (await provider.GetRequiredService<EpochEnd>().EraseSiteAsync(site, cancellation)).Sum(ending => ending.Persons)));
        services.AddSingleton<PrivacyReader>();
    }
}
