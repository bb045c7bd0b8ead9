using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;

namespace FaceAd.Web.Screens;

/// <summary>What the first node says of a request that it passes on to the owner of the site.</summary>
/// <param name="ScreenId">Whose request it is.</param>
/// <param name="Path">Its path.</param>
/// <param name="IsHttps">Whether it came to the first node over TLS.</param>
/// <param name="Remote">Who sent it to the first node.</param>
/// <param name="At">When it was passed on.</param>
sealed record Forwarded(Guid ScreenId, string Path, bool IsHttps, IPAddress? Remote, DateTimeOffset At)
{
    /// <summary>The header in which it travels, sealed.</summary>
    public const string Header = "X-FaceAd-Forwarded";

    /// <summary>How long it is good for, and how far the clocks of nodes may be apart.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    /// <summary>Whether nobody on a network could read the request on its way to the first node.</summary>
    public bool IsPrivate => IsHttps || (Remote is not null && IPAddress.IsLoopback(Remote));

    private string Text => string.Join('\n', ScreenId.ToString("N"), Path, IsHttps ? "https" : "http", Remote?.ToString(), At.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));

    /// <summary>Seals it with the installation's key ring, which nodes share and nobody else has.</summary>
    /// <param name="protector">From <see cref="Protector"/>.</param>
    public string Seal(IDataProtector protector) => Convert.ToBase64String(protector.Protect(Encoding.UTF8.GetBytes(Text)));

    /// <summary>Opens the header of a request; null when no node of this installation wrote it, for this request, a moment ago.</summary>
    /// <param name="header">The header.</param>
    /// <param name="protector">From <see cref="Protector"/>.</param>
    /// <param name="screenId">The screen that the request is of, by its own token.</param>
    /// <param name="path">The request's path.</param>
    /// <param name="now">Now.</param>
    public static Forwarded? Open(string header, IDataProtector protector, Guid screenId, string path, DateTimeOffset now)
    {
        try
        {
            if (header.Length > 2_000) return null;
            if (Encoding.UTF8.GetString(protector.Unprotect(Convert.FromBase64String(header))).Split('\n') is not [var screen, var to, var scheme, var remote, var at]) return null;
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

    /// <summary>What seals and opens it.</summary>
    /// <param name="ring">The installation's key ring.</param>
    public static IDataProtector Protector(IDataProtectionProvider ring) => ring.CreateProtector("FaceAd.Forwarded");
}
