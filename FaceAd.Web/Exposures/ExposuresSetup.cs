namespace FaceAd.Web.Exposures;

static class ExposuresSetup
{
    public static void AddExposures(this IServiceCollection services)
    {
        services.AddSingleton<ExposurePartitions>();
        services.AddSingleton<ExposureStore>();
        services.AddSingleton<ExposureWorker>();
        services.AddHostedService<Retention>();
        services.AddHostedService(provider => provider.GetRequiredService<ExposureWorker>());
    }
}
