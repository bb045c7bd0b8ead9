using System.Globalization;
using System.Text;
using MimeKit;

namespace FaceAd.Web.Accounts;

/// <summary>Settings of accounts, bound from <c>Accounts</c>.</summary>
sealed class AccountOptions
{
    /// <summary>Whether advertisers may sign up on their own; otherwise they need an invitation.</summary>
    public bool SignUp { get; set; } = true;

    /// <summary>Sessions end after this long without activity.</summary>
    public TimeSpan Idle { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>How long before the session ends a page shows a warning.</summary>
    public TimeSpan IdleWarning { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How often a session is checked against its account: the longest that a removed account or a former role stays effective.
    /// </summary>
    public TimeSpan Recheck { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Account forms that one client network may send per minute.</summary>
    public int PostsPerMinute { get; set; } = 30;

    /// <summary>
    /// Wrong passwords for one account from all networks together, after which browsers that are new to it are held up; also passwords and
    /// codes that one account may try per minute once it is signed in, or needs the code only.
    /// </summary>
    public int TriesPerMinute { get; set; } = 20;

    /// <summary>Mails per address and hour.</summary>
    public int MailsPerHour { get; set; } = 5;

    /// <summary>Pages that one person may have open on a node; each takes about 0.8 MB there.</summary>
    public int PagesPerPerson { get; set; } = 100;

    /// <summary>Requests per minute by which pages without a session may connect from one address; connecting takes two.</summary>
    public int StrangersPerMinute { get; set; } = 60;

    /// <summary>How long a page without a session stays connected.</summary>
    public TimeSpan StrangersStay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Minimum response time of requests that depend on an address, so that timing does not reveal whether it has an account.
    /// </summary>
    public TimeSpan MinimumResponseTime { get; set; } = TimeSpan.FromMilliseconds(400);
}

/// <summary>Rules for what people type into account forms.</summary>
static class AccountRules
{
    public const int MaxName = 120;
    public const int MaxEmail = 254;
    public const int MinPassword = 10;
    public const int MaxPassword = 128;

    private static readonly IdnMapping Domains = new() { UseStd3AsciiRules = true };
    private static readonly ParserOptions Parser =
        new() { AddressParserComplianceMode = RfcComplianceMode.Strict, AllowAddressesWithoutDomain = false };

    /// <summary>
    /// Normalises a mail address to its stored form: lower case, an international domain in ASCII as browsers send it. Null when it is not
    /// a valid address. One address only: no display name, no list, nothing that could break a header.
    /// </summary>
    public static string? Email(string? typed)
    {
        var text = typed?.Trim() ?? "";
        if (text.Length is 0 or > MaxEmail || !text.All(IsOfEmail)) return null;
        // Normalised again after lower-casing: some letters are precomposed in lower case only.
        text = text.Normalize().ToLowerInvariant().Normalize();
        if (!text.All(IsOfEmail)) return null;
        var at = text.IndexOf('@', StringComparison.Ordinal);
        if (at < 1 || at != text.LastIndexOf('@') || at == text.Length - 1) return null;
        var (name, domain) = (text[..at], text[(at + 1)..]);
        // Accounts are compared in upper case: a letter that changes on the way there and back could match another person's account.
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
        return Encoding.UTF8.GetByteCount(address) <= MaxEmail && MailboxAddress.TryParse(Parser, address, out var parsed)
            && parsed.GetAddress(idnEncode: true) == address ? address : null;
    }

    /// <summary>
    /// Whether an account could have this address: earlier versions accepted addresses that are invalid today, but only in printable ASCII.
    /// </summary>
    public static bool MayHaveAccount(string text) =>
        text.Length <= MaxEmail && (Email(text) == text || text.All(c => c is > ' ' and < (char)127));

    private static bool IsOfEmail(char c) => c < 128
        ? c > ' ' && c < 127 && !"<>,;\"()\\%!".Contains(c, StringComparison.Ordinal)
        : char.IsLetterOrDigit(c) || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    /// <summary>A trimmed name; null when it is empty, too long, or holds control, invisible or direction-changing characters.</summary>
    public static string? Name(string? typed)
    {
        var text = (typed ?? "").Trim();
        return text.Length is > 0 and <= MaxName
            && !text.Any(c => char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator)
            && IsWellFormed(text) && text.Any(char.IsLetterOrDigit) ? text : null;
    }

    // An unpaired surrogate cannot be stored as UTF-8.
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
