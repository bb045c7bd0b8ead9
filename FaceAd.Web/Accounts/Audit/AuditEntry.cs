using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Accounts.Audit;

/// <summary>
/// One entry of the audit log. The log is append-only: the database refuses changes and deletions, see <see cref="AuditGuard"/>. Names are
/// copied, because an entry outlives what it is about.
/// </summary>
sealed class AuditEntry
{
    /// <summary>The most characters of <see cref="SubjectName"/>; longer names are cut.</summary>
    public const int MaxName = 160;

    /// <summary>Ascending; orders entries of the same instant.</summary>
    public long Id { get; init; }

    /// <summary>When (server's clock).</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The user; null for the system or a failed sign-in by an unknown user.</summary>
    public Guid? UserId { get; init; }

    /// <summary>The user's sign-in name at the time; null for the system or an unknown user.</summary>
    public string? UserName { get; init; }

    /// <summary>The user's organisation at the time.</summary>
    public Guid? OrganisationId { get; init; }

    /// <summary>What was done.</summary>
    public required AuditVerb Verb { get; init; }

    /// <summary>The kind of thing it was done to.</summary>
    public required AuditSubject Subject { get; init; }

    /// <summary>Identity of that thing; null where there is none, as for pages.</summary>
    public Guid? SubjectId { get; init; }

    /// <summary>Its name at the time.</summary>
    public string? SubjectName { get; init; }

    /// <summary>Further facts, such as a reason, as a small JSON object; nothing about viewers. Null when there are none.</summary>
    public string? Details { get; init; }

    /// <summary>Client address of the request, at most 45 characters; null for the system.</summary>
    public string? Address { get; init; }

    /// <summary>Of entries with the same key only the first is stored; null for entries without this limit.</summary>
    public string? OnceKey { get; init; }
}

sealed class AuditEntryConfiguration : IEntityTypeConfiguration<AuditEntry>
{
    public void Configure(EntityTypeBuilder<AuditEntry> builder)
    {
        builder.ToTable("audit_entries");
        builder.Property(e => e.UserName).HasMaxLength(256);
        builder.Property(e => e.SubjectName).HasMaxLength(StorableText.Column(AuditEntry.MaxName));
        builder.Property(e => e.Details).HasColumnType("jsonb");
        builder.Property(e => e.Address).HasMaxLength(45);
        builder.Property(e => e.OnceKey).HasMaxLength(160);
        // Each filter of the page, and user and subject combined, scans one of these from its end. No foreign keys: entries outlive what
        // they name.
        builder.HasIndex(e => new { e.At, e.Id });
        builder.HasIndex(e => new { e.UserId, e.At, e.Id });
        builder.HasIndex(e => new { e.Verb, e.At, e.Id });
        builder.HasIndex(e => new { e.UserId, e.Verb, e.At, e.Id });
        builder.HasIndex(e => new { e.SubjectId, e.At, e.Id });
        builder.HasIndex(e => e.OnceKey).IsUnique().HasFilter("once_key IS NOT NULL");
    }
}
