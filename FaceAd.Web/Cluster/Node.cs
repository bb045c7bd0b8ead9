using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Cluster;

/// <summary>One run of the web app on the common database.</summary>
sealed class Node
{
    /// <summary>Identity, new at each start.</summary>
    public required Guid Id { get; init; }

    /// <summary>Where other nodes reach it, such as <c>http://10.0.0.5:5080/</c>; null when it was given no address.</summary>
    public string? Address { get; set; }

    /// <summary>When it last said that it lives, by the database's clock.</summary>
    public required DateTimeOffset LastSeenAt { get; set; }
}

/// <summary>Which node owns a site: takes its screens' traffic and recognises its persons.</summary>
sealed class SiteOwner
{
    /// <summary>The site.</summary>
    public required Guid SiteId { get; init; }

    /// <summary>The node that owns it, or did last: only while it holds the lock does it count.</summary>
    public required Guid NodeId { get; set; }

    /// <summary>Rises with every change of owner; a transaction of an earlier owner is refused by it.</summary>
    public required long Generation { get; set; }

    /// <summary>When it was taken, by the database's clock.</summary>
    public required DateTimeOffset Since { get; set; }
}

sealed class NodeConfiguration : IEntityTypeConfiguration<Node>
{
    public void Configure(EntityTypeBuilder<Node> builder)
    {
        builder.ToTable("nodes");
        builder.Property(n => n.Address).HasMaxLength(240);
    }
}

sealed class SiteOwnerConfiguration : IEntityTypeConfiguration<SiteOwner>
{
    public void Configure(EntityTypeBuilder<SiteOwner> builder)
    {
        builder.ToTable("site_owners");
        builder.HasKey(o => o.SiteId);
        builder.HasOne<Site>().WithOne().HasForeignKey<SiteOwner>(o => o.SiteId).OnDelete(DeleteBehavior.Cascade);
    }
}
