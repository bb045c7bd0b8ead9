using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Accounts.Mail;

/// <summary>
/// Addresses of pages in mails that no request triggers: under the configured address or, in development, the server's own.
/// </summary>
/// <param name="options">Hold this site's public address.</param>
/// <param name="server">Provides the address where none is configured.</param>
sealed class SiteLinks(IOptions<MailOptions> options, IServer server)
{
    /// <summary>The whole address of a page.</summary>
    /// <param name="path">Its path, without a slash at the start.</param>
    public string Of(string path) => new Uri(options.Value.SiteAddress ?? new Uri(Own()), path).ToString();

    private string Own() => server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() is { } address
        && Uri.TryCreate(address, UriKind.Absolute, out var own)
        ? $"{own.Scheme}://{(own.Host is "0.0.0.0" or "[::]" or "+" or "*" ? "localhost" : own.Host)}:{own.Port}/" : "http://localhost/";
}
