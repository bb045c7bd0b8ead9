using FaceAd.Web.Accounts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Webhooks;

/// <summary>What webhooks tell of.</summary>
public static class WebhookEvents
{
    /// <summary>Events of campaigns: each is named by the state that the campaign has come to.</summary>
    public static IReadOnlyList<string> Campaigns { get; } =
    [
        "campaign.draft", "campaign.submitted", "campaign.rejected", "campaign.scheduled", "campaign.running", "campaign.paused", "campaign.budget-spent",
        "campaign.ended",
    ];

    /// <summary>What a test sends; nobody asks for it by name.</summary>
    public const string Test = "webhook.test";

    /// <summary>Events of screens, for media owners.</summary>
    public static IReadOnlyList<string> Screens { get; } = ["screen.silent", "screen.online"];

    /// <summary>The events that an organisation may ask for.</summary>
    /// <param name="kind">Which side it is on.</param>
    public static IReadOnlyList<string> Of(OrganisationKind kind) => kind == OrganisationKind.MediaOwner ? [.. Campaigns, .. Screens] : Campaigns;
}

/// <summary>An address of an organisation's that is told of events.</summary>
public sealed class Webhook
{
    /// <summary>The most characters of <see cref="Url"/>.</summary>
    public const int MaxUrl = 500;

    /// <summary>Identity.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>Whose events.</summary>
    public required Guid OrganisationId { get; init; }

    /// <summary>Where they are posted.</summary>
    public required string Url { get; init; }

    /// <summary>Which, see <see cref="WebhookEvents"/>.</summary>
    public required string[] Events { get; init; }

    /// <summary>The secret that signs them, encrypted with the server's key ring.</summary>
    public required string ProtectedSecret { get; set; }

    /// <summary>Since when nothing is sent, and events wait; null while it is sent.</summary>
    public DateTimeOffset? PausedAt { get; set; }

    /// <summary>Since when.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>One event on its way to one address.</summary>
public sealed class WebhookDelivery
{
    /// <summary>Identity; the receiver knows a repeat by it.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The address.</summary>
    public required Guid WebhookId { get; init; }

    /// <summary>The event's name.</summary>
    public required string Event { get; init; }

    /// <summary>What is posted, a JSON object.</summary>
    public required string Payload { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Tries so far.</summary>
    public int Tries { get; set; }

    /// <summary>When it is tried next; null when it has arrived or was given up.</summary>
    public DateTimeOffset? NextTryAt { get; set; }

    /// <summary>When it arrived; null: it has not.</summary>
    public DateTimeOffset? DeliveredAt { get; init; }

    /// <summary>The last answer's status; null without an answer.</summary>
    public int? LastStatus { get; init; }

    /// <summary>What went wrong last, in words; null when nothing did.</summary>
    public string? LastError { get; init; }
}

/// <summary>The state of a campaign or a screen that was told of last.</summary>
public sealed class WebhookState
{
    /// <summary>The campaign or the screen.</summary>
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
