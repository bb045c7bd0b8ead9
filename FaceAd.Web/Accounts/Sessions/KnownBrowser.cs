using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace FaceAd.Web.Accounts.Sessions;

/// <summary>
/// A cookie by which a browser shows that it has signed in to an account before. It gives no access: it only keeps guesses that others make
/// from holding up the account's owner, see <see cref="SignInGuard"/>.
/// </summary>
sealed class KnownBrowser(IDataProtectionProvider ring)
{
    private const string Cookie = "facead.browser";
    private const int MostLetters = 1000;
    private static readonly TimeSpan Life = TimeSpan.FromDays(180);

    private readonly ITimeLimitedDataProtector _protector =
        ring.CreateProtector("FaceAd.Accounts.KnownBrowser").ToTimeLimitedDataProtector();

    /// <summary>Identity of the browser, when it has signed in to this account before; otherwise null.</summary>
    public Guid? Of(HttpContext http, Guid user)
    {
        if (http.Request.Cookies[Cookie] is not { Length: > 0 and < MostLetters } cookie) return null;
        try
        {
            return _protector.Unprotect(cookie).Split(' ') is [var owner, var browser] && owner == user.ToString("N")
                ? Guid.Parse(browser) : null;
        }
        catch (CryptographicException)
        {
            return null; // expired, forged, or of another key ring
        }
    }

    /// <summary>Remembers that the browser has signed in to an account, instead of any other account.</summary>
    public void Remember(HttpContext http, Guid user) => http.Response.Cookies.Append(
        Cookie,
        _protector.Protect($"{user:N} {Of(http, user) ?? Guid.NewGuid():N}", Life),
        new CookieOptions
        {
            MaxAge = Life,
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Secure = http.Request.IsHttps,
            IsEssential = true,
        });
}
