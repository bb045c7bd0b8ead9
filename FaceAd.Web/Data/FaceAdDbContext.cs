using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Mail;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Accounts.Tokens;
using FaceAd.Web.Audiences;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Campaigns.Requests;
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

/// <summary>The database context. Entities are configured in the folder of their stage.</summary>
/// <param name="options">Connection and conventions.</param>
sealed class FaceAdDbContext(DbContextOptions<FaceAdDbContext> options)
    : IdentityDbContext<User, IdentityRole<Guid>, Guid>(options)
{
    /// <summary>Companies.</summary>
    public DbSet<Organisation> Organisations => Set<Organisation>();

    /// <summary>Open sign-in sessions.</summary>
    public DbSet<UserSession> Sessions => Set<UserSession>();

    /// <summary>Mailed links that have not been used yet.</summary>
    public DbSet<AccountLink> AccountLinks => Set<AccountLink>();

    /// <summary>Mails waiting to be sent, or kept in the development mailbox.</summary>
    public DbSet<StoredMail> Mails => Set<StoredMail>();

    /// <summary>API tokens of organisations.</summary>
    public DbSet<ApiToken> ApiTokens => Set<ApiToken>();

    /// <summary>The audit log.</summary>
    public DbSet<AuditEntry> AuditEntries => Set<AuditEntry>();

    /// <summary>Sites.</summary>
    public DbSet<Site> Sites => Set<Site>();

    /// <summary>Screens.</summary>
    public DbSet<Screen> Screens => Set<Screen>();

    /// <summary>Campaigns.</summary>
    public DbSet<Campaign> Campaigns => Set<Campaign>();

    /// <summary>Running totals of campaigns.</summary>
    public DbSet<CampaignTotal> CampaignTotals => Set<CampaignTotal>();

    /// <summary>What advertisers ask for in booked campaigns.</summary>
    public DbSet<ChangeRequest> ChangeRequests => Set<ChangeRequest>();

    /// <summary>Sites that are booked together.</summary>
    public DbSet<SiteGroup> SiteGroups => Set<SiteGroup>();

    /// <summary>Creatives; current versions only, unless a query says otherwise.</summary>
    public DbSet<Creative> Creatives => Set<Creative>();

    /// <summary>Endpoints that receive events.</summary>
    public DbSet<Webhook> Webhooks => Set<Webhook>();

    /// <summary>Deliveries of events.</summary>
    public DbSet<WebhookDelivery> WebhookDeliveries => Set<WebhookDelivery>();

    /// <summary>Shared links to reports.</summary>
    public DbSet<ReportLink> ReportLinks => Set<ReportLink>();

    /// <summary>Audiences.</summary>
    public DbSet<Audience> Audiences => Set<Audience>();

    /// <summary>Presences of individual viewers.</summary>
    public DbSet<Presence> Presences => Set<Presence>();

    /// <summary>People of the current epochs.</summary>
    public DbSet<Person> Persons => Set<Person>();

    /// <summary>Keys of the current epochs.</summary>
    public DbSet<EpochKey> EpochKeys => Set<EpochKey>();

    /// <summary>Epochs whose person records were destroyed.</summary>
    public DbSet<ErasureRecord> ErasureRecords => Set<ErasureRecord>();

    /// <summary>Days up to which raw facts are deleted.</summary>
    public DbSet<RetentionMark> RetentionMarks => Set<RetentionMark>();

    /// <summary>Decisions.</summary>
    public DbSet<Decision> Decisions => Set<Decision>();

    /// <summary>Reported plays.</summary>
    public DbSet<Play> Plays => Set<Play>();

    /// <summary>Who saw what, for how long.</summary>
    public DbSet<Exposure> Exposures => Set<Exposure>();

    /// <remarks>PostgreSQL folds unquoted names to lower case: names in snake_case need no quotes in raw SQL.</remarks>
    protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) =>
        optionsBuilder.UseSnakeCaseNamingConvention().AddInterceptors(StorableTexts.Instance);

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        UserConfiguration.NameIdentity(builder);
        builder.ApplyConfigurationsFromAssembly(typeof(FaceAdDbContext).Assembly);
    }
}
