namespace FaceAd.Web.Cluster;

static class ClusterSetup
{
    /// <param name="services">Where to.</param>
    /// <param name="connectionString">The database.</param>
    /// <param name="direct">The same without a pooler between; null when there is none.</param>
    public static void AddCluster(this IServiceCollection services, string connectionString, string? direct)
    {
        services.AddSingleton(new DirectConnections(string.IsNullOrWhiteSpace(direct) ? connectionString : direct));
        services.AddSingleton<NewsNotifier>();
        services.AddHostedService(provider => provider.GetRequiredService<NewsNotifier>());
        services.AddSingleton<NewsListener>();
        services.AddHostedService(provider => provider.GetRequiredService<NewsListener>());
        services.AddHostedService<SessionNews>();
        services.AddSingleton<SiteOwnership>();
        services.AddHostedService(provider => provider.GetRequiredService<SiteOwnership>());
    }
}
