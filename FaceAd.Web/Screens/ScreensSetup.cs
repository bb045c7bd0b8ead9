using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;

namespace FaceAd.Web.Screens;

static class ScreensSetup
{
    public static void AddScreens(this IServiceCollection services)
    {
        services.AddSingleton<ScreenDirectory>();
        services.AddHostedService(provider => provider.GetRequiredService<ScreenDirectory>());
        services.AddSingleton<ScreenRegistry>();
        services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, DeviceAuthentication>(DeviceAuthentication.SchemeName, null);
        services.AddAuthorizationBuilder().AddPolicy(DeviceAuthentication.SchemeName, new AuthorizationPolicyBuilder(DeviceAuthentication.SchemeName)
            .RequireClaim(DeviceAuthentication.ScreenClaim).Build());
    }
}
