namespace FaceAd.Web.Webhooks;

/// <summary>Registers webhooks.</summary>
static class WebhooksSetup
{
    public static void AddWebhooks(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(configuration.GetSection("Webhooks").Get<WebhookOptions>() ?? new WebhookOptions());
        services.AddSingleton<WebhookService>();
        services.AddHostedService<WebhookWatch>();
        services.AddHostedService<WebhookSender>();
    }
}
