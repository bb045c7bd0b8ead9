using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Mail;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Audiences;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Decisions;
using FaceAd.Web.Exposures;
using FaceAd.Web.Plays;
using FaceAd.Web.Privacy;
using FaceAd.Web.Reports;
using FaceAd.Web.Screens;
using FaceAd.Web.Webhooks;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Data;

/// <summary>The one database. Entities are configured in the folder of their stage.</summary>
/// <param name="options">Connection and conventions.</param>
public sealed class FaceAdDbContext(DbContextOptions<FaceAdDbContext> options)
    : IdentityDbContext<User, IdentityRole<Guid>, Guid>(options)
{
    /// <summary>Companies.</summary>
    public DbSet<Organisation> Organisations => Set<Organisation>();

    /// <summary>Sign-ins that go on.</summary>
    public DbSet<UserSession> Sessions => Set<UserSession>();

    /// <summary>Links that were mailed and not used yet.</summary>
    public DbSet<AccountLink> AccountLinks => Set<AccountLink>();

    /// <summary>Mails that wait to be sent, or lie in the development mailbox.</summary>
    public DbSet<StoredMail> Mails => Set<StoredMail>();

    /// <summary>Tokens of programs that act for an organisation.</summary>
    public DbSet<ApiToken> ApiTokens => Set<ApiToken>();

    /// <summary>The audit log.</summary>
    public DbSet<AuditEntry> AuditEntries => Set<AuditEntry>();

    /// <summary>Buildings.</summary>
    public DbSet<Site> Sites => Set<Site>();

    /// <summary>Displays.</summary>
    public DbSet<Screen> Screens => Set<Screen>();

    /// <summary>Bookings.</summary>
    public DbSet<Campaign> Campaigns => Set<Campaign>();

    /// <summary>Running totals of campaigns.</summary>
    public DbSet<CampaignTotal> CampaignTotals => Set<CampaignTotal>();

    /// <summary>Buildings that are booked together.</summary>
    public DbSet<SiteGroup> SiteGroups => Set<SiteGroup>();

    /// <summary>Films; current versions unless a query says otherwise.</summary>
    public DbSet<Creative> Creatives => Set<Creative>();

    /// <summary>Addresses that are told of events.</summary>
    public DbSet<Webhook> Webhooks => Set<Webhook>();

    /// <summary>Events on their way.</summary>
    public DbSet<WebhookDelivery> WebhookDeliveries => Set<WebhookDelivery>();

    /// <summary>Shared links to reports.</summary>
    public DbSet<ReportLink> ReportLinks => Set<ReportLink>();

    /// <summary>Appearances of viewers.</summary>
    public DbSet<Audience> Audiences => Set<Audience>();

    /// <summary>Stays of single viewers.</summary>
    public DbSet<Presence> Presences => Set<Presence>();

    /// <summary>Persons of the running epochs.</summary>
    public DbSet<Person> Persons => Set<Person>();

    /// <summary>Keys of the running epochs.</summary>
    public DbSet<EpochKey> EpochKeys => Set<EpochKey>();

    /// <summary>Epochs whose persons were destroyed.</summary>
    public DbSet<EpochEnding> EpochEnds => Set<EpochEnding>();

    /// <summary>Up to which day raw facts are gone.</summary>
    public DbSet<RetentionMark> RetentionMarks => Set<RetentionMark>();

    /// <summary>Decisions.</summary>
    public DbSet<Decision> Decisions => Set<Decision>();

    /// <summary>Proven plays.</summary>
    public DbSet<Play> Plays => Set<Play>();

    /// <summary>Who saw what, for how long.</summary>
    public DbSet<Exposure> Exposures => Set<Exposure>();

    /// <inheritdoc/>
    /// <remarks>PostgreSQL folds unquoted names to lower case: names in snake_case need no quotes in raw SQL.</remarks>
    protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) => optionsBuilder.UseSnakeCaseNamingConvention();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        UserConfiguration.NameIdentity(builder);
        builder.ApplyConfigurationsFromAssembly(typeof(FaceAdDbContext).Assembly);
    }
}
