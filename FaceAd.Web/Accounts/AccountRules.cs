using System.Globalization;
using System.Text;
using FaceAd.Web.Data;
using MimeKit;

namespace FaceAd.Web.Accounts;

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

    private static bool IsOfEmail(char c) => c < 128
        ? c > ' ' && c < 127 && !"<>,;\"()\\%!".Contains(c, StringComparison.Ordinal)
        : char.IsLetterOrDigit(c) || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    /// <summary>A trimmed name; null when it is empty, too long, or holds control, invisible or direction-changing characters.</summary>
    /// <param name="typed">The name as typed.</param>
    /// <param name="most">Most characters, as people see them.</param>
    public static string? Name(string? typed, int most = MaxName) =>
        StorableText.Trimmed(typed) is { } text && StorableText.Fits(text, most)
            && !text.Any(c => char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator)
            && text.Any(char.IsLetterOrDigit) ? text : null;
}
