using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Cluster;

/// <summary>What may have changed.</summary>
enum NewsKind
{
    /// <summary>A campaign's figures; the identity is the campaign's.</summary>
    Campaign = 1,

    /// <summary>The people or presences at a site; the identity is the site's.</summary>
    Site = 2,

    /// <summary>A screen was heard again after a silence; the identity is the screen's.</summary>
    ScreenBack = 3,

    /// <summary>People at a site were erased; the identity is the site's.</summary>
    Erased = 4,
}

/// <summary>
/// A change that was not announced yet. Rows are added by the transactions that change facts and deleted by the <see cref="NewsNotifier"/>
/// that announces them. The table is unlogged: a crash of the database empties it, but also breaks every <see cref="NewsListener"/>'s
/// connection, after which each treats everything as changed.
/// </summary>
sealed class NewsRow
{
    /// <summary>Kind of change.</summary>
    public required NewsKind Kind { get; init; }

    /// <summary>Identity of what changed.</summary>
    public required Guid Id { get; init; }
}

sealed class NewsConfiguration : IEntityTypeConfiguration<NewsRow>
{
    public void Configure(EntityTypeBuilder<NewsRow> builder)
    {
        builder.ToTable("news").IsUnlogged();
        builder.HasNoKey();
        builder.HasIndex(n => new { n.Kind, n.Id });
    }
}
