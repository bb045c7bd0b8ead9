using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Accounts.Mail;

/// <summary>A mail waiting to be sent, or kept in the development mailbox.</summary>
sealed class StoredMail
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>Recipient.</summary>
    public required string To { get; init; }

    /// <summary>Subject, one line.</summary>
    public required string Subject { get; init; }

    /// <summary>Plain text.</summary>
    public required string Text { get; init; }

    /// <summary>One-click unsubscribe address (RFC 8058); null for mails that cannot be unsubscribed from.</summary>
    public string? Unsubscribe { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the next attempt is due.</summary>
    public required DateTimeOffset DueAt { get; set; }

    /// <summary>Failed attempts so far.</summary>
    public int Attempts { get; set; }
}

sealed class StoredMailConfiguration : IEntityTypeConfiguration<StoredMail>
{
    public void Configure(EntityTypeBuilder<StoredMail> builder)
    {
        builder.ToTable("mails");
        builder.Property(m => m.To).HasMaxLength(AccountRules.MaxEmail);
        builder.Property(m => m.Subject).HasMaxLength(StorableText.Column(300));
        builder.Property(m => m.Unsubscribe).HasMaxLength(1000);
        builder.HasIndex(m => m.DueAt);
        builder.HasIndex(m => m.CreatedAt);
    }
}
