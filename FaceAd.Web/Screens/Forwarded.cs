using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;

namespace FaceAd.Web.Screens;

/// <summary>What the receiving node states about a request that it forwards to the site's owner.</summary>
/// <param name="ScreenId">The screen that sent it.</param>
/// <param name="Path">Its path.</param>
/// <param name="IsHttps">Whether it reached the first node over TLS.</param>
/// <param name="Remote">Client address at the first node.</param>
/// <param name="At">When it was forwarded.</param>
sealed record Forwarded(Guid ScreenId, string Path, bool IsHttps, IPAddress? Remote, DateTimeOffset At)
{
    /// <summary>The header that carries it, encrypted.</summary>
    public const string Header = "X-FaceAd-Forwarded";

    /// <summary>How long the header is valid, and the largest clock difference between nodes.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    /// <summary>Whether the request could not be read on its way to the first node: TLS or loopback.</summary>
    public bool IsPrivate => IsHttps || (Remote is not null && IPAddress.IsLoopback(Remote));

    private string Text =>
        string.Join('\n', ScreenId.ToString("N"), Path, IsHttps
            ? "https" : "http", Remote?.ToString(), At.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));

    /// <summary>Encrypts it with the installation's key ring, which only its nodes share.</summary>
    /// <param name="protector">From <see cref="Protector"/>.</param>
    public string Seal(IDataProtector protector) => Convert.ToBase64String(protector.Protect(Encoding.UTF8.GetBytes(Text)));

    /// <summary>
    /// Opens a request's header; null unless a node of this installation wrote it for this request within <see cref="Lifetime"/>.
    /// </summary>
    /// <param name="header">The header.</param>
    /// <param name="protector">From <see cref="Protector"/>.</param>
    /// <param name="screenId">The screen that the request's own token authenticates.</param>
    /// <param name="path">The request's path.</param>
    /// <param name="now">The current time.</param>
    public static Forwarded? Open(string header, IDataProtector protector, Guid screenId, string path, DateTimeOffset now)
    {
        try
        {
            if (header.Length > 2_000) return null;
            if (Encoding.UTF8.GetString(protector.Unprotect(Convert.FromBase64String(header)))
                .Split('\n') is not [var screen, var to, var scheme, var remote, var at]) return null;
            var opened = new Forwarded(
                Guid.ParseExact(screen, "N"), to, scheme == "https", remote.Length == 0 ? null : IPAddress.Parse(remote),
                DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(at, CultureInfo.InvariantCulture)));
            return opened.ScreenId == screenId && opened.Path == path && (now - opened.At).Duration() < Lifetime ? opened : null;
        }
        catch (Exception exception) when (exception is CryptographicException or FormatException)
        {
            return null;
        }
    }

    /// <summary>The protector that seals and opens it.</summary>
    /// <param name="ring">The installation's key ring.</param>
    public static IDataProtector Protector(IDataProtectionProvider ring) => ring.CreateProtector("FaceAd.Forwarded");
}
