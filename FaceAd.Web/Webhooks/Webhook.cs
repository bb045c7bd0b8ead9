using FaceAd.Web.Accounts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Webhooks;

/// <summary>An organisation's endpoint that receives events.</summary>
sealed class Webhook
{
    /// <summary>The most characters of <see cref="Url"/>.</summary>
    public const int MaxUrl = 500;

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

/// <summary>The last reported state of a campaign or a screen.</summary>
sealed class WebhookState
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

sealed class WebhookStateConfiguration : IEntityTypeConfiguration<WebhookState>
{
    public void Configure(EntityTypeBuilder<WebhookState> builder)
    {
        builder.ToTable("webhook_states");
        builder.HasKey(s => s.SubjectId);
        builder.Property(s => s.State).HasMaxLength(20);
    }
}
