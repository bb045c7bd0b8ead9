using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Webhooks;

/// <summary>Delivery of one event to one webhook.</summary>
public sealed class WebhookDelivery
{
    /// <summary>Identity, by which the receiver detects repeats.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The webhook.</summary>
    public required Guid WebhookId { get; init; }

    /// <summary>The event's name.</summary>
    public required string Event { get; init; }

    /// <summary>The request body, a JSON object.</summary>
    public required string Payload { get; init; }

    /// <summary>When the event occurred.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Attempts so far.</summary>
    public int Tries { get; set; }

    /// <summary>When the next attempt is due; null when it was delivered or given up.</summary>
    public DateTimeOffset? NextTryAt { get; set; }

    /// <summary>When it was delivered; null before.</summary>
    public DateTimeOffset? DeliveredAt { get; init; }

    /// <summary>HTTP status of the last response; null without a response.</summary>
    public int? LastStatus { get; init; }

    /// <summary>Description of the last error; null when there was none.</summary>
    public string? LastError { get; init; }
}

sealed class WebhookDeliveryConfiguration : IEntityTypeConfiguration<WebhookDelivery>
{
    public void Configure(EntityTypeBuilder<WebhookDelivery> builder)
    {
        builder.ToTable("webhook_deliveries");
        builder.Property(d => d.Event).HasMaxLength(40);
        builder.Property(d => d.Payload).HasColumnType("jsonb");
        builder.Property(d => d.LastError).HasMaxLength(StorableText.Column(200));
        builder.HasIndex(d => new { d.WebhookId, d.NextTryAt }).HasFilter("next_try_at IS NOT NULL");
        builder.HasIndex(d => new { d.WebhookId, d.CreatedAt });
        builder.HasIndex(d => d.CreatedAt);
        builder.HasOne<Webhook>().WithMany().HasForeignKey(d => d.WebhookId).OnDelete(DeleteBehavior.Cascade);
    }
}
