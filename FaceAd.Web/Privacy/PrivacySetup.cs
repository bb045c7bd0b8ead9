using FaceAd.Web.Screens;

namespace FaceAd.Web.Privacy;

static class PrivacySetup
{
    public static void AddPrivacy(this IServiceCollection services)
    {
        services.AddSingleton<EpochEraser>();
        services.AddSingleton<EpochExpiryWorker>();
        services.AddHostedService(provider => provider.GetRequiredService<EpochExpiryWorker>());
        services.AddSingleton(provider => new SiteErasure(async (site, cancellation) =>
            (await provider.GetRequiredService<EpochExpiryWorker>().EraseSiteAsync(site, cancellation)).Sum(ending => ending.Persons)));
        services.AddSingleton<PrivacyReader>();
    }
}
