using System.Text.Json;
using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Web.Accounts;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using NpgsqlTypes;

namespace FaceAd.Web.Campaigns;

/// <summary>Stored state of a campaign. Whether it runs today follows from <see cref="Approved"/> and its dates.</summary>
public enum CampaignState
{
    /// <summary>Being prepared by the advertiser.</summary>
    Draft = 0,

    /// <summary>Awaiting the media owner's review.</summary>
    Submitted = 1,

    /// <summary>May run on its days.</summary>
    Approved = 2,

    /// <summary>Rejected with a reason.</summary>
    Rejected = 3,

    /// <summary>Approved, then paused by the advertiser or the media owner.</summary>
    Paused = 4,
}

/// <summary>An advertiser's booking: audience, sites, dates and budget.</summary>
public sealed class Campaign
{
    /// <summary>Identity.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The advertiser's organisation.</summary>
    public required Guid OrganisationId { get; init; }

    /// <summary>The advertiser.</summary>
    public Organisation? Organisation { get; init; }

    /// <summary>Name.</summary>
    public required string Name { get; set; }

    /// <summary>Stored state.</summary>
    public CampaignState State { get; set; }

    /// <summary>First day, inclusive, in each site's time zone.</summary>
    public required DateOnly StartsOn { get; set; }

    /// <summary>Last day, inclusive, in each site's time zone.</summary>
    public required DateOnly EndsOn { get; set; }

    /// <summary>Its flights in order, from <see cref="StartsOn"/> to <see cref="EndsOn"/>, if there are several; null for one.</summary>
    public Flight[]? Flights { get; set; }

    /// <summary>What decides where and when it may run; its total has to be loaded.</summary>
    public RunningTerms Terms => new(SiteIds, Plan, Days, Hours, PriceModel, BudgetKrw, PricePerThousandKrw, Total?.TargetImpressions ?? 0)
    {
        Accruals = Accruals,
        Goal = Delivery.Goal,
    };

    /// <summary>Its dates. Setting it sets first day, last day and flights together.</summary>
    public FlightPlan Plan
    {
        get => new(StartsOn, EndsOn, Flights);
        set => (StartsOn, EndsOn, Flights) = (value.StartsOn, value.EndsOn, value.Parts?.ToArray());
    }

    /// <summary>Target segments; at least one.</summary>
    public required Segment[] Targets { get; set; }

    /// <summary>
    /// Sites it may run at; empty for all. With groups it is the union of the named sites and those of the groups, kept up to date by every
    /// change to either, so that decisions and figures never look up groups.
    /// </summary>
    public Guid[] SiteIds { get; set; } = [];

    /// <summary>Site groups it names.</summary>
    public Guid[] GroupIds { get; set; } = [];

    /// <summary>Sites it names besides its groups; null while it names no group and <see cref="SiteIds"/> is complete.</summary>
    public Guid[]? OwnSiteIds { get; set; }

    /// <summary>Days of the week it may run on, see <see cref="Dayparting"/>.</summary>
    public int Days { get; set; } = Dayparting.AllDays;

    /// <summary>Hours of the day it may run in, on each site's clock, see <see cref="Dayparting"/>.</summary>
    public int Hours { get; set; } = Dayparting.AllHours;

    /// <summary>How it is priced.</summary>
    public PriceModel PriceModel { get; set; }

    /// <summary>Budget in whole KRW, VAT excluded.</summary>
    public required long BudgetKrw { get; set; }

    /// <summary>Price of a thousand target impressions in whole KRW; null for a flat price.</summary>
    public long? PricePerThousandKrw { get; set; }

    /// <summary>How it is to be delivered.</summary>
    public DeliveryTerms Delivery { get; set; } = DeliveryTerms.Default;

    /// <summary>What had accrued of its flat price at each change of booked terms, in order; null without any.</summary>
    public Accrual[]? Accruals { get; set; }

    /// <summary>Flights that were added to make good for a missed goal, in order; null without any.</summary>
    public MakeGood[]? MakeGoods { get; set; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was submitted; null while a draft.</summary>
    public DateTimeOffset? SubmittedAt { get; set; }

    /// <summary>When the media owner approved or rejected it.</summary>
    public DateTimeOffset? ReviewedAt { get; set; }

    /// <summary>The most characters of the reason of a rejection, of a campaign or of a creative.</summary>
    public const int MaxReason = 1000;

    /// <summary>Why it was rejected; null otherwise.</summary>
    public string? RejectionReason { get; set; }

    /// <summary>Incremented with every change; optimistic concurrency check.</summary>
    public int Version { get; set; }

    /// <summary>When it was deleted; null otherwise. Its rows, plays and figures stay.</summary>
    public DateTimeOffset? DeletedAt { get; set; }

    /// <summary>Its creatives.</summary>
    public ICollection<Creative> Creatives { get; } = [];

    /// <summary>What has been delivered so far.</summary>
    public CampaignTotal? Total { get; init; }

    /// <summary>What lists are sorted by; null until it has played.</summary>
    public CampaignRank? Rank { get; init; }
}

sealed class CampaignConfiguration : IEntityTypeConfiguration<Campaign>
{
    public void Configure(EntityTypeBuilder<Campaign> builder)
    {
        builder.Property(c => c.Name).HasMaxLength(StorableText.Column(120));
        builder.Property(c => c.RejectionReason).HasMaxLength(StorableText.Column(Campaign.MaxReason));
        builder.Property(c => c.Days).HasDefaultValue(Dayparting.AllDays).HasSentinel(Dayparting.AllDays);
        builder.Property(c => c.Hours).HasDefaultValue(Dayparting.AllHours).HasSentinel(Dayparting.AllHours);
        builder.Ignore(c => c.Plan);
        builder.Ignore(c => c.Terms);
        builder.Property(c => c.Flights).HasColumnType("datemultirange").HasConversion(
            flights => flights!.Select(f => new NpgsqlRange<DateOnly>(f.StartsOn, f.EndsOn)).ToArray(),
            ranges => ranges
                .Select(r => new Flight(r.LowerBound, r.UpperBoundIsInclusive ? r.UpperBound : r.UpperBound.AddDays(-1))).ToArray(),
            new ValueComparer<Flight[]?>(
                (a, b) => a == b || (a != null && b != null && a.SequenceEqual(b)), f => f == null ? 0 : f.Length, f => f));
        builder.Property(c => c.Accruals).HasColumnType("jsonb").HasConversion(
            accruals => JsonSerializer.Serialize(accruals, JsonSerializerOptions.Default),
            json => JsonSerializer.Deserialize<Accrual[]>(json, JsonSerializerOptions.Default),
            new ValueComparer<Accrual[]?>((a, b) => ReferenceEquals(a, b), a => a == null ? 0 : a.Length, a => a));
        builder.Property(c => c.MakeGoods).HasColumnType("jsonb").HasConversion(
            flights => JsonSerializer.Serialize(flights, JsonSerializerOptions.Default),
            json => JsonSerializer.Deserialize<MakeGood[]>(json, JsonSerializerOptions.Default),
            new ValueComparer<MakeGood[]?>((a, b) => ReferenceEquals(a, b), a => a == null ? 0 : a.Length, a => a));
        builder.Property(c => c.Delivery).HasColumnType("jsonb").HasDefaultValueSql("'{}'").HasConversion(
            terms => JsonSerializer.Serialize(terms, JsonSerializerOptions.Default),
            json => JsonSerializer.Deserialize<DeliveryTerms>(json, JsonSerializerOptions.Default)!,
            new ValueComparer<DeliveryTerms>((a, b) => Equals(a, b), a => a.GetHashCode(), a => a));
        builder.PrimitiveCollection(c => c.GroupIds).HasDefaultValueSql("'{}'::uuid[]");
        // Each sort order of the list scans one of these from its end, for all campaigns or for one advertiser's.
        builder.HasIndex(c => new { c.OrganisationId, c.CreatedAt, c.Id });
        builder.HasIndex(c => new { c.CreatedAt, c.Id });
        builder.HasIndex(c => new { c.Name, c.Id });
        builder.HasIndex(c => new { c.StartsOn, c.Id });
        builder.HasIndex(c => new { c.EndsOn, c.Id });
        builder.HasIndex(c => new { c.BudgetKrw, c.Id });
        builder.HasIndex(c => new { c.State, c.EndsOn, c.StartsOn });
        builder.HasIndex(c => new { c.DeletedAt, c.Id }).HasFilter("deleted_at IS NOT NULL");
        builder.HasOne(c => c.Organisation).WithMany().HasForeignKey(c => c.OrganisationId).OnDelete(DeleteBehavior.Restrict);
        builder.HasMany(c => c.Creatives).WithOne(c => c.Campaign).HasForeignKey(c => c.CampaignId);
        builder.ToTable(t =>
        {
            t.HasCheckConstraint("ck_campaigns_days", "ends_on >= starts_on");
            t.HasCheckConstraint(
                "ck_campaigns_flights", "flights IS NULL OR (lower(flights) = starts_on AND upper(flights) = ends_on + 1)");
            t.HasCheckConstraint("ck_campaigns_budget", "budget_krw > 0");
            t.HasCheckConstraint("ck_campaigns_targets", "cardinality(targets) > 0");
            t.HasCheckConstraint("ck_campaigns_dayparts", "days BETWEEN 1 AND 127 AND hours BETWEEN 1 AND 16777215");
            t.HasCheckConstraint("ck_campaigns_price", "(price_model = 1) = (price_per_thousand_krw IS NOT NULL)");
        });
    }
}
