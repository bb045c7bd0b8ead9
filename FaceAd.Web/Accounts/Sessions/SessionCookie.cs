using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Identity;

namespace FaceAd.Web.Accounts.Sessions;

/// <summary>Ties the cookie to its session: without an open session it is rejected.</summary>
static class SessionCookie
{
    public static void Configure(CookieAuthenticationOptions options)
    {
        options.Events.OnCheckSlidingExpiration = async context =>
        {
            // Checked before the cookie is validated, so that the cookie of an ended session is not renewed either.
            context.ShouldRenew |= context.Request.Path == AccountsSetup.AlivePath;
            context.ShouldRenew = context.ShouldRenew && !IsErrorPage(context.HttpContext)
                && await IsOpenAsync(context.HttpContext, context.Principal);
        };
        options.Events.OnValidatePrincipal = async context =>
        {
            if (IsErrorPage(context.HttpContext)) return;
            if (await IsOpenAsync(context.HttpContext, context.Principal))
            {
                await SecurityStampValidator.ValidatePrincipalAsync(context);
                return;
            }
            context.RejectPrincipal();
            // Only a page load removes the cookie. A script's response may arrive late, when a new cookie has taken its place.
            if (HttpMethods.IsGet(context.Request.Method) && context.Request.Headers.Accept.ToString()
                .Contains("text/html", StringComparison.OrdinalIgnoreCase))
                await context.HttpContext.SignOutAsync(context.Scheme.Name);
        };
    }

    /// <summary>Keeps the session when the claims are reloaded, every <see cref="AccountOptions.Recheck"/>.</summary>
    public static Task KeepAsync(SecurityStampRefreshingPrincipalContext context)
    {
        if (context.CurrentPrincipal?.FindFirst(FaceAdClaims.Session) is { } session)
            context.NewPrincipal?.Identities.First().AddClaim(session.Clone());
        return Task.CompletedTask;
    }

    // What the page of an error shows depends on no session, and what failed may be the question about the session itself.
    private static bool IsErrorPage(HttpContext context) => context.Features.Get<IExceptionHandlerFeature>() is not null;

    private static async ValueTask<bool> IsOpenAsync(HttpContext context, ClaimsPrincipal? user) =>
        SessionKey.Of(user) is { } key && await context.RequestServices.GetRequiredService<SessionService>().IsOpenAsync(key);
}
