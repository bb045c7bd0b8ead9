using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Decisions.Budgets;

/// <summary>A node that commits campaigns' goals: by <see cref="BudgetLease"/>s, or alone.</summary>
sealed class BudgetHolder
{
    /// <summary>The node's stay, see <see cref="Cluster.Node.Id"/>.</summary>
    public required Guid NodeId { get; init; }

    /// <summary>Whether it commits whatever is left. Nobody else is granted anything until its row is gone.</summary>
    public required bool Alone { get; set; }

    /// <summary>
    /// Until when what it holds is its own without another renewal, by the database's clock: a dead node's plays may still be reported.
    /// </summary>
    public required DateTimeOffset ExpiresAt { get; set; }
}

/// <summary>What a node holds of a campaign's goal, beyond what is stored: what is under way, and what it may commit yet.</summary>
sealed class BudgetLease
{
    /// <summary>The campaign.</summary>
    public required Guid CampaignId { get; init; }

    /// <summary>The holder.</summary>
    public required Guid NodeId { get; init; }

    /// <summary>Impressions on the campaign's target.</summary>
    public required double Reserved { get; set; }
}

sealed class BudgetHolderConfiguration : IEntityTypeConfiguration<BudgetHolder>
{
    public void Configure(EntityTypeBuilder<BudgetHolder> builder)
    {
        builder.ToTable("budget_holders");
        builder.HasKey(h => h.NodeId);
    }
}

sealed class BudgetLeaseConfiguration : IEntityTypeConfiguration<BudgetLease>
{
    public void Configure(EntityTypeBuilder<BudgetLease> builder)
    {
        builder.ToTable("budget_leases");
        builder.HasKey(l => new { l.CampaignId, l.NodeId });
        builder.HasOne<BudgetHolder>().WithMany().HasForeignKey(l => l.NodeId);
    }
}
