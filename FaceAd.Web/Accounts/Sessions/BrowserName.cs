
namespace FaceAd.Web.Accounts.Sessions;

/// <summary>Maps a User-Agent header to common names. Only names from these tables are stored, never the header itself.</summary>
static class BrowserName
{
    // Browsers also name the browsers they derive from, so derived ones come first.
    private static readonly (string Mark, string Name)[] Browsers =
    [
        ("Edg/", "Edge"), ("EdgA/", "Edge"), ("EdgiOS/", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"),
        ("Whale/", "Whale"), ("KAKAOTALK", "KakaoTalk"), ("NAVER(", "NAVER"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"),
        ("Chrome/", "Chrome"), ("CriOS/", "Chrome"), ("Safari/", "Safari"),
    ];

    private static readonly (string Mark, string Name)[] Platforms =
    [
        ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows NT", "Windows"), ("CrOS", "ChromeOS"),
        ("Macintosh", "macOS"), ("Linux", "Linux"),
    ];

    /// <summary>The names behind a User-Agent header; null where unknown.</summary>
    public static (string? Browser, string? Platform) Of(string? userAgent)
    {
        var text = userAgent is { Length: > 512 } ? userAgent[..512] : userAgent ?? "";
        return (Find(Browsers, text), Find(Platforms, text));
    }

    private static string? Find((string Mark, string Name)[] table, string text) =>
        Array.Find(table, t => text.Contains(t.Mark, StringComparison.Ordinal)).Name;
}
