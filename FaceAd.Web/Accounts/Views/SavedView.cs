using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Accounts.Views;

/// <summary>A list whose views can be saved.</summary>
public enum SavedList
{
    /// <summary>Campaigns.</summary>
    Campaigns = 0,

    /// <summary>Screens.</summary>
    Screens = 1,

    /// <summary>The audit log.</summary>
    Audit = 2,

    /// <summary>Plans.</summary>
    Plans = 3,
}

/// <summary>How a person wants to see a list again: its filters, order and columns, under a name.</summary>
public sealed class SavedView
{
    /// <summary>The most characters of <see cref="Name"/>.</summary>
    public const int MaxName = 60;

    /// <summary>Identity.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>Whose it is.</summary>
    public required Guid UserId { get; init; }

    /// <summary>The list.</summary>
    public required SavedList List { get; init; }

    /// <summary>Name, unique among a person's views of a list.</summary>
    public required string Name { get; set; }

    /// <summary>Query part of the address, with the question mark; see <see cref="SavedViews.AddressOf"/>.</summary>
    public required string Query { get; init; }
}

sealed class SavedViewConfiguration : IEntityTypeConfiguration<SavedView>
{
    public void Configure(EntityTypeBuilder<SavedView> builder)
    {
        builder.ToTable("saved_views");
        builder.Property(v => v.Name).HasMaxLength(StorableText.Column(SavedView.MaxName));
        builder.Property(v => v.Query).HasMaxLength(SavedViews.MaxQuery);
        builder.HasIndex(v => new { v.UserId, v.List, v.Name }).IsUnique();
        builder.HasOne<User>().WithMany().HasForeignKey(v => v.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}
