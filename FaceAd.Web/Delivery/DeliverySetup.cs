using FaceAd.Web.Accounts;

namespace FaceAd.Web.Delivery;

static class DeliverySetup
{
    public static void AddDelivery(this IServiceCollection services)
    {
        services.AddSingleton<DeliveryStatusReader>();
        services.AddSingleton<DeliveryStatusFeed>();
        services.AddSingleton<LoopStatus>();
        services.AddHostedService(provider => provider.GetRequiredService<LoopStatus>());
    }

    public static void MapDelivery(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/loop", (LoopStatus loop, CancellationToken cancellation) => loop.ReadAsync(cancellation))
            .RequireAuthorization(policy => policy.RequireRole(Roles.Admin));
}
