using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Accounts.Sessions;

/// <summary>
/// An open sign-in. The cookie names it and is worthless once the row is gone: a response in flight during a sign-out may restore the
/// cookie, but not the session. No addresses here: they are in the audit log only.
/// </summary>
sealed class UserSession
{
    /// <summary>The most characters of <see cref="Browser"/> and of <see cref="Platform"/>.</summary>
    public const int MaxName = 40;

    /// <summary>Identity; named in the cookie, which only this installation can issue.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The session's user.</summary>
    public required Guid UserId { get; init; }

    /// <summary>When it started (server's clock).</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When its browser last sent a request, to within <see cref="AccountOptions.Recheck"/>.</summary>
    public required DateTimeOffset SeenAt { get; init; }

    /// <summary>The browser's common name; null when <see cref="BrowserName"/> does not know it.</summary>
    public string? Browser { get; init; }

    /// <summary>The operating system; null when <see cref="BrowserName"/> does not know it.</summary>
    public string? Platform { get; init; }
}

sealed class UserSessionConfiguration : IEntityTypeConfiguration<UserSession>
{
    public void Configure(EntityTypeBuilder<UserSession> builder)
    {
        builder.ToTable("sessions");
        builder.Property(s => s.Browser).HasMaxLength(UserSession.MaxName);
        builder.Property(s => s.Platform).HasMaxLength(UserSession.MaxName);
        // No index on the last-seen time, which is written constantly: the table holds the sessions of the last half hour, and is small.
        builder.HasIndex(s => s.UserId);
        builder.HasOne<User>().WithMany().HasForeignKey(s => s.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}
