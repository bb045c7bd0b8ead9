using FaceAd.Web.Accounts;
using FaceAd.Web.Delivery.Experiments;
using FaceAd.Web.Delivery.Guarantee;
using FaceAd.Web.Delivery.Sales;

namespace FaceAd.Web.Delivery;

static class DeliverySetup
{
    public static void AddDelivery(this IServiceCollection services)
    {
        services.AddSingleton<DeliveryStatusReader>();
        services.AddSingleton<DeliveryStatusFeed>();
        services.AddSingleton<DeliveryMarkReader>();
        services.AddSingleton<LoopStatus>();
        services.AddSingleton<RevenueReader>();
        services.AddSingleton<SalesReader>();
        services.AddSingleton<SpendReader>();
        services.AddSingleton<Settlements>();
        services.AddSingleton<ShortfallReader>();
        services.AddSingleton<MakeGoods>();
        services.AddSingleton<ExperimentReader>();
        services.AddSingleton<ExperimentWorker>();
        services.AddHostedService(provider => provider.GetRequiredService<LoopStatus>());
        services.AddHostedService(provider => provider.GetRequiredService<Settlements>());
        services.AddHostedService(provider => provider.GetRequiredService<ExperimentWorker>());
    }

    public static void MapDelivery(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/loop", (LoopStatus loop, CancellationToken cancellation) => loop.ReadAsync(cancellation))
            .RequireAuthorization(policy => policy.RequireRole(Roles.Admin));
}
