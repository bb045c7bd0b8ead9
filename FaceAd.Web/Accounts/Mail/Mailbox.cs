using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Accounts.Mail;

/// <summary>Settings of mail, bound from <c>Mail</c>.</summary>
sealed class MailOptions
{
    /// <summary>This site's public address, such as <c>https://ads.example.com/</c>, used for links in mails. Required with SMTP.</summary>
    public Uri? SiteAddress { get; set; }

    /// <summary>Sender.</summary>
    public string From { get; set; } = "FaceAd <no-reply@localhost>";

    /// <summary>Whether a browser on this machine may read the development mailbox without an account, as while developing.</summary>
    public bool OpenMailbox { get; set; }

    /// <summary>The mail server; without a host, mails stay in the development mailbox.</summary>
    public SmtpOptions Smtp { get; set; } = new();
}

/// <summary>SMTP server settings.</summary>
sealed class SmtpOptions
{
    public string? Host { get; set; }

    public int Port { get; set; } = 587;

    /// <summary>Whether to use STARTTLS. Switch off only for a relay on the same machine.</summary>
    public bool Tls { get; set; } = true;

    /// <summary>Sign-in name; null: no authentication.</summary>
    public string? User { get; set; }

    public string? Password { get; set; }

    /// <summary>A file whose first line is the password; alternative to <see cref="Password"/>.</summary>
    public string? PasswordFile { get; set; }
}

/// <summary>A mail waiting to be sent, or kept in the development mailbox.</summary>
public sealed class StoredMail
{
    /// <summary>Identity.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>Recipient.</summary>
    public required string To { get; init; }

    /// <summary>Subject, one line.</summary>
    public required string Subject { get; init; }

    /// <summary>Plain text.</summary>
    public required string Text { get; init; }

    /// <summary>One-click unsubscribe address (RFC 8058); null for mails that cannot be unsubscribed from.</summary>
    public string? Unsubscribe { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the next attempt is due.</summary>
    public required DateTimeOffset DueAt { get; set; }

    /// <summary>Failed attempts so far.</summary>
    public int Attempts { get; set; }
}

sealed class StoredMailConfiguration : IEntityTypeConfiguration<StoredMail>
{
    public void Configure(EntityTypeBuilder<StoredMail> builder)
    {
        builder.ToTable("mails");
        builder.Property(m => m.To).HasMaxLength(AccountRules.MaxEmail);
        builder.Property(m => m.Subject).HasMaxLength(300);
        builder.Property(m => m.Unsubscribe).HasMaxLength(1000);
        builder.HasIndex(m => m.DueAt);
        builder.HasIndex(m => m.CreatedAt);
    }
}

/// <summary>
/// The only way mails leave. With a mail server they are queued in the database until it accepts them; without one the newest
/// <see cref="Capacity"/> stay there, readable on a page: see <see cref="MailboxAccess"/>.
/// </summary>
sealed class Mailbox(IOptions<MailOptions> options, IDbContextFactory<FaceAdDbContext> contexts, TimeProvider time) : IDisposable
{
    /// <summary>Mails kept by the development mailbox.</summary>
    public const int Capacity = 100;

    private readonly SemaphoreSlim _posted = new(0);

    /// <summary>Whether no mail server is configured, so that people read their mail on a page.</summary>
    public bool IsDevelopment => string.IsNullOrWhiteSpace(options.Value.Smtp.Host);

    /// <summary>Queues a mail.</summary>
    /// <param name="to">Recipient.</param>
    /// <param name="subject">Subject; line breaks become spaces.</param>
    /// <param name="text">Plain text.</param>
    public async Task SendAsync(string to, string subject, string text)
    {
        await using (var db = await contexts.CreateDbContextAsync())
        {
            Add(db, to, subject, text);
            await db.SaveChangesAsync();
        }
        await PostedAsync();
    }

    /// <summary>
    /// Adds a mail to the caller's transaction: it is queued with the change, or not at all. Call <see cref="PostedAsync"/> after the
    /// commit.
    /// </summary>
    /// <param name="db">The context with the change.</param>
    /// <param name="to">Recipient.</param>
    /// <param name="subject">Subject; line breaks become spaces.</param>
    /// <param name="text">Plain text.</param>
    /// <param name="unsubscribe">See <see cref="StoredMail.Unsubscribe"/>.</param>
    public void Add(FaceAdDbContext db, string to, string subject, string text, string? unsubscribe = null)
    {
        var now = time.GetUtcNow();
        var line = new string([.. subject.Select(c => char.IsControl(c) ? ' ' : c)]);
        db.Mails.Add(new StoredMail { To = to, Subject = line.Length > 300 ? line[..300] : line, Text = text, Unsubscribe = unsubscribe, CreatedAt = now, DueAt = now });
    }

    /// <summary>Wakes the sender after mails were committed.</summary>
    public async Task PostedAsync()
    {
        if (IsDevelopment)
        {
            await using var db = await contexts.CreateDbContextAsync();
            await db.Mails.Where(m => !db.Mails.OrderByDescending(k => k.CreatedAt).ThenByDescending(k => k.Id).Take(Capacity).Select(k => k.Id).Contains(m.Id)).ExecuteDeleteAsync();
        }
        _posted.Release();
    }

    /// <summary>The mails of the development mailbox, newest first; empty with a mail server.</summary>
    public async Task<IReadOnlyList<StoredMail>> ReadAsync()
    {
        if (!IsDevelopment) return [];
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Mails.AsNoTracking().OrderByDescending(m => m.CreatedAt).ThenByDescending(m => m.Id).Take(Capacity).ToListAsync();
    }

    public void Dispose() => _posted.Dispose();

    /// <summary>Waits until a mail is posted on this node, or the time is up.</summary>
    internal Task WaitAsync(TimeSpan atMost, CancellationToken cancellation) => _posted.WaitAsync(atMost, cancellation);
}
