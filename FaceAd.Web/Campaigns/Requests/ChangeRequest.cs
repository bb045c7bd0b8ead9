using System.Text.Json;
using FaceAd.Web.Accounts;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Campaigns.Requests;

/// <summary>State of a change request. The values are stored in the database.</summary>
public enum ChangeRequestState
{
    /// <summary>Awaits the media owner's decision.</summary>
    Open = 0,

    /// <summary>Taken back by the advertiser.</summary>
    Withdrawn = 1,

    /// <summary>The advertiser sent another one instead.</summary>
    Replaced = 2,

    /// <summary>The campaign has its terms.</summary>
    Accepted = 3,

    /// <summary>Declined with a reason.</summary>
    Declined = 4,
}

/// <summary>An advertiser asks the media owner for other terms of a booked campaign. A campaign has at most one open request.</summary>
public sealed class ChangeRequest
{
    /// <summary>The longest message and the longest reason, in characters.</summary>
    public const int MaxText = 1000;

    /// <summary>Identity.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The campaign.</summary>
    public required Guid CampaignId { get; init; }

    /// <summary>Who asked; null once the account is removed.</summary>
    public Guid? UserId { get; init; }

    /// <summary>Their name at the time.</summary>
    public required string Author { get; init; }

    /// <summary>What they wrote with it; null for nothing.</summary>
    public string? Message { get; init; }

    /// <summary>The campaign's terms when they asked.</summary>
    public required RequestedTerms Before { get; init; }

    /// <summary>The terms they asked for.</summary>
    public required RequestedTerms Asked { get; init; }

    /// <summary>Its state.</summary>
    public ChangeRequestState State { get; set; }

    /// <summary>When it was sent.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its state changed last.</summary>
    public required DateTimeOffset ChangedAt { get; set; }

    /// <summary>Why it was declined; null otherwise.</summary>
    public string? Reason { get; set; }
}

sealed class ChangeRequestConfiguration : IEntityTypeConfiguration<ChangeRequest>
{
    public void Configure(EntityTypeBuilder<ChangeRequest> builder)
    {
        builder.ToTable("change_requests");
        builder.Property(r => r.Author).HasMaxLength(StorableText.Column(120));
        builder.Property(r => r.Message).HasMaxLength(StorableText.Column(ChangeRequest.MaxText));
        builder.Property(r => r.Reason).HasMaxLength(StorableText.Column(ChangeRequest.MaxText));
        Json(builder.Property(r => r.Before));
        Json(builder.Property(r => r.Asked));
        builder.HasIndex(r => r.CampaignId).IsUnique().HasFilter("state = 0").HasDatabaseName("ix_change_requests_open");
        builder.HasIndex(r => new { r.CampaignId, r.CreatedAt, r.Id });
        builder.HasIndex(r => r.ChangedAt);
        builder.HasOne<Campaign>().WithMany().HasForeignKey(r => r.CampaignId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<User>().WithMany().HasForeignKey(r => r.UserId).OnDelete(DeleteBehavior.SetNull);
    }

    private static void Json(PropertyBuilder<RequestedTerms> terms) => terms.HasColumnType("jsonb").HasConversion(
        value => JsonSerializer.Serialize(value, JsonSerializerOptions.Default),
        json => JsonSerializer.Deserialize<RequestedTerms>(json, JsonSerializerOptions.Default)!,
        new ValueComparer<RequestedTerms>((a, b) => ReferenceEquals(a, b), t => t.EndsOn.DayNumber, t => t));
}
