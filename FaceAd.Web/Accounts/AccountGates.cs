using FaceAd.Web.Accounts.Mail;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Diagnostics;

namespace FaceAd.Web.Accounts;

/// <summary>Checks that run before any page: who may read the mailbox, and who must set up two-factor sign-in first.</summary>
static class AccountGates
{
    private static readonly string[] OpenToUnenrolled = ["/account", "/language", "/css", "/js", "/img", "/_content", "/_framework",
        "/healthz", "/readyz", "/favicon.ico", "/not-found", "/error"];

    /// <summary>
    /// Refuses a form without its antiforgery token (400). Endpoints whose delegates are made at compile time would answer 500.
    /// </summary>
    public static void UseFormTokens(this WebApplication app)
    {
        app.UseAntiforgery();
        app.Use((context, next) =>
        {
            // The page that says so in words is made of the same request.
            if (context.Features.Get<IAntiforgeryValidationFeature>() is not { IsValid: false }
                || context.Features.Get<IStatusCodeReExecuteFeature>() is not null) return next();
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return Task.CompletedTask;
        });
    }

    public static void UseAccountGates(this WebApplication app)
    {
        var mailbox = app.Services.GetRequiredService<MailboxAccess>();
        app.Use((context, next) =>
        {
            var path = context.Request.Path;
            if (path.StartsWithSegments(MailboxAccess.Path) && !mailbox.IsOpenTo(context))
            {
                if (!mailbox.TakeKey(context)) context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            }
            if (!context.User.HasClaim(c => c.Type == FaceAdClaims.MustEnrol)
                || Array.Exists(OpenToUnenrolled, open => path.StartsWithSegments(open))) return next();
            if (HttpMethods.IsGet(context.Request.Method) && !path.StartsWithSegments("/api") && !path.StartsWithSegments("/media")
                && !path.StartsWithSegments("/_blazor"))
                context.Response.Redirect("/account/settings/two-factor?required=true");
            else
                context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        });
    }
}
