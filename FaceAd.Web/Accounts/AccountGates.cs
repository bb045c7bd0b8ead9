using System.Net;
using FaceAd.Web.Accounts.Mail;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Accounts;

/// <summary>
/// Guards the development mailbox, whose mails hold links that set passwords. Open to administrators; without an account, only to a browser
/// on this machine, and only in development or with <see cref="MailOptions.OpenMailbox"/>. With a mail server configured the page does not
/// exist.
/// </summary>
sealed class MailboxAccess(Mailbox mailbox, IHostEnvironment environment, IOptions<MailOptions> options)
{
    public const string Path = "/account/mailbox";

    private readonly bool _trusting = environment.IsDevelopment() || options.Value.OpenMailbox;

    public bool IsOpenTo(HttpContext context) =>
        mailbox.IsDevelopment && (context.User.IsInRole(Roles.Admin) || (_trusting && IsAtThisMachine(context)));

    // A proxied request counts as remote, even when the proxy connects from this machine.
    private static bool IsAtThisMachine(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } from && IPAddress.IsLoopback(from.IsIPv4MappedToIPv6 ? from.MapToIPv4() : from)
        && context.Request.Host.Host is "localhost" or "127.0.0.1" or "[::1]"
        && !context.Request.Headers.Keys.Any(ComesFromProxy);

    private static bool ComesFromProxy(string header) =>
        header.StartsWith("X-Forwarded", StringComparison.OrdinalIgnoreCase)
            || header.StartsWith("X-Original", StringComparison.OrdinalIgnoreCase)
        || header.Equals("X-Real-IP", StringComparison.OrdinalIgnoreCase) || header.Equals("Forwarded", StringComparison.OrdinalIgnoreCase)
        || header.Equals("Via", StringComparison.OrdinalIgnoreCase);
}

/// <summary>Checks that run before any page: who may read the mailbox, and who must set up two-factor sign-in first.</summary>
static class AccountGates
{
    private static readonly string[] OpenToUnenrolled = ["/account", "/language", "/css", "/js", "/img", "/_content", "/_framework",
        "/healthz", "/readyz", "/favicon.ico", "/not-found", "/error"];

    public static void UseAccountGates(this WebApplication app)
    {
        var mailbox = app.Services.GetRequiredService<MailboxAccess>();
        app.Use((context, next) =>
        {
            var path = context.Request.Path;
            if (path.StartsWithSegments(MailboxAccess.Path) && !mailbox.IsOpenTo(context))
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
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
