using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Accounts.Sessions;

/// <summary>
/// One sign-in that goes on. The cookie names it, and is good for nothing once the row is gone: an answer that was under way when somebody
/// signed out may bring the cookie back, but not the session. It does not say where from: addresses are in the audit log only.
/// </summary>
public sealed class UserSession
{
    /// <summary>The most characters of <see cref="Browser"/> and of <see cref="Platform"/>.</summary>
    public const int MaxName = 40;

    /// <summary>Identity; stands in the cookie, which nobody can write but this installation.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>Whose.</summary>
    public required Guid UserId { get; init; }

    /// <summary>When it began (server's clock).</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When its browser asked for something last, to within <see cref="AccountOptions.Recheck"/>.</summary>
    public required DateTimeOffset SeenAt { get; init; }

    /// <summary>The browser's name, as people know it; null: none that <see cref="BrowserName"/> knows.</summary>
    public string? Browser { get; init; }

    /// <summary>What it runs on; null: none that <see cref="BrowserName"/> knows.</summary>
    public string? Platform { get; init; }
}

sealed class UserSessionConfiguration : IEntityTypeConfiguration<UserSession>
{
    public void Configure(EntityTypeBuilder<UserSession> builder)
    {
        builder.ToTable("sessions");
        builder.Property(s => s.Browser).HasMaxLength(UserSession.MaxName);
        builder.Property(s => s.Platform).HasMaxLength(UserSession.MaxName);
        // None on the newest look, which is written all the time: the table holds the sessions of the last half hour, and is small.
        builder.HasIndex(s => s.UserId);
        builder.HasOne<User>().WithMany().HasForeignKey(s => s.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}

/// <summary>What a browser calls itself, in words that people know it by. Only words of these tables are kept, never what was sent.</summary>
static class BrowserName
{
    // Browsers name those that they descend from, too: the descendants come first.
    private static readonly (string Mark, string Name)[] Browsers =
    [
        ("Edg/", "Edge"), ("EdgA/", "Edge"), ("EdgiOS/", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Whale/", "Whale"), ("KAKAOTALK", "KakaoTalk"),
        ("NAVER(", "NAVER"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("Chrome/", "Chrome"), ("CriOS/", "Chrome"), ("Safari/", "Safari"),
    ];

    private static readonly (string Mark, string Name)[] Platforms =
    [
        ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows NT", "Windows"), ("CrOS", "ChromeOS"), ("Macintosh", "macOS"), ("Linux", "Linux"),
    ];

    /// <summary>The names behind a User-Agent header; null for what is not known.</summary>
    public static (string? Browser, string? Platform) Of(string? userAgent)
    {
        var text = userAgent is { Length: > 512 } ? userAgent[..512] : userAgent ?? "";
        return (Find(Browsers, text), Find(Platforms, text));
    }

    private static string? Find((string Mark, string Name)[] table, string text) => Array.Find(table, t => text.Contains(t.Mark, StringComparison.Ordinal)).Name;
}
