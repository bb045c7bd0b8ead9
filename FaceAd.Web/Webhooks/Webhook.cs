using FaceAd.Web.Accounts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Webhooks;

/// <summary>Events that webhooks can deliver.</summary>
public static class WebhookEvents
{
    /// <summary>Campaign events, each named after the state that the campaign has entered.</summary>
    public static IReadOnlyList<string> Campaigns { get; } =
    [
        "campaign.draft", "campaign.submitted", "campaign.rejected", "campaign.scheduled", "campaign.running", "campaign.between-flights",
        "campaign.paused", "campaign.budget-spent", "campaign.ended",
    ];

    /// <summary>Event of a test delivery; cannot be subscribed to.</summary>
    public const string Test = "webhook.test";

    /// <summary>Screen events, for media owners.</summary>
    public static IReadOnlyList<string> Screens { get; } = ["screen.silent", "screen.online"];

    /// <summary>The events an organisation can subscribe to.</summary>
    /// <param name="kind">The organisation's kind.</param>
    public static IReadOnlyList<string> Of(OrganisationKind kind) => kind == OrganisationKind.MediaOwner ? [.. Campaigns, .. Screens] : Campaigns;
}

/// <summary>An organisation's endpoint that receives events.</summary>
public sealed class Webhook
{
    /// <summary>The most characters of <see cref="Url"/>.</summary>
    public const int MaxUrl = 500;

    /// <summary>Identity.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The organisation whose events it receives.</summary>
    public required Guid OrganisationId { get; init; }

    /// <summary>Address that events are posted to.</summary>
    public required string Url { get; init; }

    /// <summary>Subscribed events, see <see cref="WebhookEvents"/>.</summary>
    public required string[] Events { get; init; }

    /// <summary>The secret that signs them, encrypted with the server's key ring.</summary>
    public required string ProtectedSecret { get; set; }

    /// <summary>When it was paused, so that events wait; null while it is active.</summary>
    public DateTimeOffset? PausedAt { get; set; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}

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

/// <summary>The last reported state of a campaign or a screen.</summary>
public sealed class WebhookState
{
    /// <summary>The campaign or screen.</summary>
    public required Guid SubjectId { get; init; }

    /// <summary>Its state, such as "running" or "silent".</summary>
    public required string State { get; init; }
}

sealed class WebhookConfiguration : IEntityTypeConfiguration<Webhook>
{
    public void Configure(EntityTypeBuilder<Webhook> builder)
    {
        builder.ToTable("webhooks");
        builder.Property(w => w.Url).HasMaxLength(Webhook.MaxUrl);
        builder.HasIndex(w => w.OrganisationId);
        builder.HasOne<Organisation>().WithMany().HasForeignKey(w => w.OrganisationId).OnDelete(DeleteBehavior.Cascade);
    }
}

sealed class WebhookDeliveryConfiguration : IEntityTypeConfiguration<WebhookDelivery>
{
    public void Configure(EntityTypeBuilder<WebhookDelivery> builder)
    {
        builder.ToTable("webhook_deliveries");
        builder.Property(d => d.Event).HasMaxLength(40);
        builder.Property(d => d.Payload).HasColumnType("jsonb");
        builder.Property(d => d.LastError).HasMaxLength(200);
        builder.HasIndex(d => d.NextTryAt).HasFilter("next_try_at IS NOT NULL");
        builder.HasIndex(d => new { d.WebhookId, d.CreatedAt });
        builder.HasIndex(d => d.CreatedAt);
        builder.HasOne<Webhook>().WithMany().HasForeignKey(d => d.WebhookId).OnDelete(DeleteBehavior.Cascade);
    }
}

sealed class WebhookStateConfiguration : IEntityTypeConfiguration<WebhookState>
{
    public void Configure(EntityTypeBuilder<WebhookState> builder)
    {
        builder.ToTable("webhook_states");
        builder.HasKey(s => s.SubjectId);
        builder.Property(s => s.State).HasMaxLength(20);
    }
}
