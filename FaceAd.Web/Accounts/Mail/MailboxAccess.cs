using System.Net;
using System.Security.Cryptography;
using System.Text;
using FaceAd.Web.Data;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Accounts.Mail;

/// <summary>
/// Guards the development mailbox, whose mails hold links that set passwords. Open to administrators; without an account, only in
/// development or with <see cref="MailOptions.OpenMailbox"/>, only to a browser on this machine, and only by the key of this start. The key
/// is needed because a tunnel that ends on this machine, such as of ssh, looks exactly like a browser on it. With a mail server configured
/// the page does not exist.
/// </summary>
sealed class MailboxAccess
{
    public const string Path = "/account/mailbox";

    /// <summary>File in the data folder with the key, which only the operator can read.</summary>
    public const string KeyFile = "mailbox-key.txt";

    private const string Cookie = "facead.mailbox";

    // What proxies add. One that adds nothing is not noticed: that is what the key is for.
    private static readonly string[] OfProxies = ["Forwarded", "Via", "True-Client-IP", "CF-Connecting-IP", "X-Real-IP", "X-Client-IP",
        "X-Cluster-Client-IP", "X-ProxyUser-Ip"];

    private readonly Mailbox _mailbox;
    private readonly string? _key;

    public MailboxAccess(Mailbox mailbox, IHostEnvironment environment, IOptions<MailOptions> options, DataFolder folder)
    {
        _mailbox = mailbox;
        if (mailbox.IsDevelopment && (environment.IsDevelopment() || options.Value.OpenMailbox))
            _key = MakeKey(System.IO.Path.Combine(folder.Root, KeyFile));
    }

    /// <summary>Address of the mailbox with the key of this start; null when the mailbox is for administrators only.</summary>
    public string? Link => _key is null ? null : $"{Path}?key={_key}";

    public bool IsOpenTo(HttpContext context) => _mailbox.IsDevelopment
        && (context.User.IsInRole(Roles.Admin) || (IsAtThisMachine(context) && IsKey(context.Request.Cookies[Cookie])));

    /// <summary>Takes the key out of an address, and leaves it in the browser. False when there is no right key in it.</summary>
    public bool TakeKey(HttpContext context)
    {
        if (!IsAtThisMachine(context) || !IsKey(context.Request.Query["key"])) return false;
        context.Response.Cookies.Append(
            Cookie, _key!, new CookieOptions { Path = "/account", HttpOnly = true, SameSite = SameSiteMode.Strict, IsEssential = true });
        context.Response.Redirect(Path);
        return true;
    }

    private bool IsKey(string? given) => _key is not null && given is not null
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(_key));

    // A proxied request counts as remote, even when the proxy connects from this machine.
    private static bool IsAtThisMachine(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } from && IPAddress.IsLoopback(from.IsIPv4MappedToIPv6 ? from.MapToIPv4() : from)
        && context.Request.Host.Host is "localhost" or "127.0.0.1" or "[::1]"
        && !context.Request.Headers.Keys.Any(ComesFromProxy);

    private static bool ComesFromProxy(string header) =>
        header.StartsWith("X-Forwarded", StringComparison.OrdinalIgnoreCase)
        || header.StartsWith("X-Original", StringComparison.OrdinalIgnoreCase)
        || OfProxies.Contains(header, StringComparer.OrdinalIgnoreCase);

    private static string MakeKey(string file)
    {
        var key = RandomNumberGenerator.GetHexString(32, lowercase: true);
        using var writer = new StreamWriter(new FileStream(file, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }));
        writer.WriteLine(key);
        return key;
    }
}
