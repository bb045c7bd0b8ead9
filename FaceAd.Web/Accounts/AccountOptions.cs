using System.Globalization;
using System.Text;
using MimeKit;

namespace FaceAd.Web.Accounts;

/// <summary>Settings of accounts, bound from <c>Accounts</c>.</summary>
sealed class AccountOptions
{
    /// <summary>Whether advertisers may sign up by themselves; otherwise an invitation is the only way in.</summary>
    public bool SignUp { get; set; } = true;

    /// <summary>Whoever does nothing for this long is signed out.</summary>
    public TimeSpan Idle { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>How long before that a page warns.</summary>
    public TimeSpan IdleWarning { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often a session is compared with its account: the most that a removed person or an old role lives on.</summary>
    public TimeSpan Recheck { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Forms of the account pages that one client address may send in a minute.</summary>
    public int PostsPerMinute { get; set; } = 30;

    /// <summary>Sign-ins that may be tried at one account in a minute, from anywhere; the lockout comes first for wrong passwords.</summary>
    public int TriesPerMinute { get; set; } = 20;

    /// <summary>Mails that one mail address may be sent in an hour.</summary>
    public int MailsPerHour { get; set; } = 5;

    /// <summary>The least time that a question about an address takes, so that the time does not tell whether it has an account.</summary>
    public TimeSpan LeastAnswer { get; set; } = TimeSpan.FromMilliseconds(400);
}

/// <summary>What is true of every word that people type about accounts.</summary>
static class AccountRules
{
    public const int MaxName = 120;
    public const int MaxEmail = 254;
    public const int MaxPassword = 128;

    private static readonly IdnMapping Domains = new() { UseStd3AsciiRules = true };
    private static readonly ParserOptions Parser = new() { AddressParserComplianceMode = RfcComplianceMode.Strict, AllowAddressesWithoutDomain = false };

    /// <summary>
    /// An address fit to be mailed to, in the one spelling that is kept: lower case, an international domain in ASCII as browsers send it. Null when
    /// it is none. One address only: no display name, no list, nothing that could break a header.
    /// </summary>
    public static string? Email(string? typed)
    {
        var text = typed?.Trim() ?? "";
        if (text.Length is 0 or > MaxEmail || !text.All(IsOfEmail)) return null;
        // Composed again in lower case, where some letters become one with their mark that are two in upper case.
        text = text.Normalize().ToLowerInvariant().Normalize();
        if (!text.All(IsOfEmail)) return null;
        var at = text.IndexOf('@', StringComparison.Ordinal);
        if (at < 1 || at != text.LastIndexOf('@') || at == text.Length - 1) return null;
        var (name, domain) = (text[..at], text[(at + 1)..]);
        // Accounts are told apart in upper case: a letter that becomes another one there would lead to somebody else's account.
        var compared = name.ToUpperInvariant().ToLowerInvariant();
        if (compared != name || Encoding.UTF8.GetByteCount(name) > 64) return null;
        try
        {
            if (!Ascii.IsValid(domain)) domain = Domains.GetAscii(domain);
        }
        catch (ArgumentException)
        {
            return null; // not a domain
        }
        var address = $"{name}@{domain}";
        return Encoding.UTF8.GetByteCount(address) <= MaxEmail && MailboxAddress.TryParse(Parser, address, out var parsed) && parsed.GetAddress(idnEncode: true) == address ? address : null;
    }

    /// <summary>Whether somebody can have signed up with it: not all that an earlier version took is an address today, but it was printable ASCII.</summary>
    public static bool MayHaveAccount(string text) => text.Length <= MaxEmail && (Email(text) == text || text.All(c => c is > ' ' and < (char)127));

    private static bool IsOfEmail(char c) => c < 128
        ? c > ' ' && c < 127 && !"<>,;\"()\\%!".Contains(c, StringComparison.Ordinal)
        : char.IsLetterOrDigit(c) || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    /// <summary>A name without control, invisible or direction-changing characters at its ends and inside; null when nothing readable is left or it is too long.</summary>
    public static string? Name(string? typed)
    {
        var text = (typed ?? "").Trim();
        return text.Length is > 0 and <= MaxName && !text.Any(c => char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
            && IsWellFormed(text) && text.Any(char.IsLetterOrDigit) ? text : null;
    }

    // A lone surrogate cannot be stored as UTF-8.
    private static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])) i++;
            else if (char.IsSurrogate(text[i])) return false;
        }
        return true;
    }
}
