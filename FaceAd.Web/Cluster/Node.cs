using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Cluster;

/// <summary>One stay of a running web app among the nodes on the shared database; see <see cref="NodeTenure"/>.</summary>
sealed class Node
{
    /// <summary>The most characters of <see cref="Address"/>.</summary>
    public const int MaxAddress = 240;

    /// <summary>Identity, generated for each stay.</summary>
    public required Guid Id { get; init; }

    /// <summary>Address for other nodes, such as <c>http://10.0.0.5:5080/</c>; null when none is configured.</summary>
    public string? Address { get; set; }

    /// <summary>Time of its last renewal, by the database's clock.</summary>
    public required DateTimeOffset LastSeenAt { get; set; }

    /// <summary>Until when its sites are its own without another renewal, by the database's clock.</summary>
    public required DateTimeOffset ExpiresAt { get; set; }

    /// <summary>Whether it has started and does not stop: other nodes may hand sites over to it.</summary>
    public bool Serves { get; set; }

    /// <summary>Whether an operator has it hand over its sites, and take none by handover.</summary>
    public bool Drains { get; set; }
}

/// <summary>Which node owns a site: handles its screens' traffic and recognises its viewers.</summary>
sealed class SiteOwner
{
    public required Guid SiteId { get; init; }

    /// <summary>The current or last owner: it counts only while its row in <c>nodes</c> stands. Null: it gave the site up.</summary>
    public required Guid? NodeId { get; set; }

    /// <summary>Incremented with every claim; fences off transactions of earlier owners.</summary>
    public required long Generation { get; set; }

    /// <summary>When it was claimed or handed over, by the database's clock.</summary>
    public required DateTimeOffset Since { get; set; }

    /// <summary>The node to which an operator wants it handed over; null for none.</summary>
    public Guid? HeirId { get; set; }
}

sealed class NodeConfiguration : IEntityTypeConfiguration<Node>
{
    public void Configure(EntityTypeBuilder<Node> builder)
    {
        builder.ToTable("nodes");
        builder.Property(n => n.Address).HasMaxLength(Node.MaxAddress);
        builder.Property(n => n.ExpiresAt).HasDefaultValueSql("now()"); // of a node of the version before, which knows of no lease
        builder.Property(n => n.Serves).HasDefaultValue(false); // a node of the version before takes and gives no sites
        builder.Property(n => n.Drains).HasDefaultValue(false);
    }
}

sealed class SiteOwnerConfiguration : IEntityTypeConfiguration<SiteOwner>
{
    public void Configure(EntityTypeBuilder<SiteOwner> builder)
    {
        builder.ToTable("site_owners");
        builder.HasKey(o => o.SiteId);
    }
}
