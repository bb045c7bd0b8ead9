using FaceAd.Web.Accounts;

namespace FaceAd.Web.Notifications;

/// <summary>Registers notifications and their mails.</summary>
static class NotificationsSetup
{
    public static void AddNotifications(this IServiceCollection services)
    {
        services.AddSingleton<NotificationInbox>();
        services.AddHostedService(provider => provider.GetRequiredService<NotificationInbox>());
        services.AddSingleton<MailPreferences>();
        services.AddSingleton<NotificationMailTexts>();
        services.AddSingleton<NotificationMailer>();
        services.AddHostedService(provider => provider.GetRequiredService<NotificationMailer>());
    }

    /// <summary>Maps one-click unsubscribe (RFC 8058): no page, no sign-in; the signed link is the proof.</summary>
    public static void MapNotifications(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapPost(NotificationMailTexts.OneClickPath, async (string? token, MailPreferences mails) =>
            await mails.UnsubscribeAsync(token) is null ? Results.NotFound() : Results.NoContent())
            .AllowAnonymous().DisableAntiforgery().RequireRateLimiting(AccountLimits.Policy);
}
