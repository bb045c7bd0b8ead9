namespace FaceAd.Web.Notifications;

/// <summary>What people are told in the dashboard.</summary>
static class NotificationsSetup
{
    public static void AddNotifications(this IServiceCollection services)
    {
        services.AddSingleton<NotificationBook>();
        services.AddHostedService(provider => provider.GetRequiredService<NotificationBook>());
    }
}
