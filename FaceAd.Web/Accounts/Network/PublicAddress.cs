using FaceAd.Web.Accounts.Mail;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Accounts.Network;

/// <summary>
/// What follows from the site's public address: its pages are answered under its name only, and where that is an https address, browsers
/// are told never to use http.
/// </summary>
static class PublicAddress
{
    private static readonly string[] ThisMachine = ["localhost", "127.0.0.1", "[::1]"];

    public static void UsePublicAddress(this WebApplication app)
    {
        if (app.Services.GetRequiredService<IOptions<MailOptions>>().Value.SiteAddress is not { } site) return;
        if (site.Scheme == Uri.UriSchemeHttps) app.UseHsts();
        if (!string.IsNullOrEmpty(app.Configuration["AllowedHosts"])) return; // the framework sees to it
        string[] names = [site.IdnHost, .. ThisMachine];
        app.Use((context, next) =>
        {
            if (names.Contains(context.Request.Host.Host, StringComparer.OrdinalIgnoreCase) || IsByAnyName(context.Request)) return next();
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return Task.CompletedTask;
        });
    }

    // Probes name a node by its address. So may screens, programs and other nodes, whose tokens no browser can be made to send.
    private static bool IsByAnyName(HttpRequest request) =>
        request.Path.Value is "/healthz" or "/readyz" || request.Headers.Authorization.Count > 0;
}
