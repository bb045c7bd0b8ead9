using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Accounts.Mail;

/// <summary>Settings of mail, bound from <c>Mail</c>.</summary>
sealed class MailOptions
{
    /// <summary>Address of this site as people reach it, such as <c>https://ads.example.com/</c>: what links in mails start with. Needed with SMTP.</summary>
    public Uri? SiteAddress { get; set; }

    /// <summary>Sender.</summary>
    public string From { get; set; } = "FaceAd <no-reply@localhost>";

    /// <summary>The mail server; without a host, mails stay in the development mailbox.</summary>
    public SmtpOptions Smtp { get; set; } = new();
}

/// <summary>A mail server.</summary>
sealed class SmtpOptions
{
    /// <summary>Its name.</summary>
    public string? Host { get; set; }

    /// <summary>Its port.</summary>
    public int Port { get; set; } = 587;

    /// <summary>Whether the connection is secured (STARTTLS). Off only for a relay on the same machine.</summary>
    public bool Tls { get; set; } = true;

    /// <summary>Sign-in name; null: none is needed.</summary>
    public string? User { get; set; }

    /// <summary>Password.</summary>
    public string? Password { get; set; }

    /// <summary>A file whose first line is the password, instead of <see cref="Password"/>.</summary>
    public string? PasswordFile { get; set; }
}

/// <summary>A mail that waits to be sent, or lies in the development mailbox.</summary>
public sealed class StoredMail
{
    /// <summary>Identity.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>Address.</summary>
    public required string To { get; init; }

    /// <summary>Subject, one line.</summary>
    public required string Subject { get; init; }

    /// <summary>Plain text.</summary>
    public required string Text { get; init; }

    /// <summary>Where a mail program posts when its reader wants no more of these; null for mails that nobody unsubscribes from.</summary>
    public string? Unsubscribe { get; init; }

    /// <summary>Since when.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the mail server is asked next.</summary>
    public required DateTimeOffset DueAt { get; set; }

    /// <summary>How often it was asked in vain.</summary>
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
/// The one way by which mails leave. With a mail server they wait in the database until it has taken them; without one they stay there, the
/// newest <see cref="Capacity"/> of them, and a page shows them: see <see cref="MailboxDoor"/>.
/// </summary>
/// <param name="options">Settings.</param>
/// <param name="contexts">The database.</param>
/// <param name="time">The clock.</param>
sealed class Mailbox(IOptions<MailOptions> options, IDbContextFactory<FaceAdDbContext> contexts, TimeProvider time) : IDisposable
{
    /// <summary>Mails that the development mailbox keeps.</summary>
    public const int Capacity = 100;

    private readonly SemaphoreSlim _posted = new(0);

    /// <summary>Whether there is no mail server, and people read their mail on a page.</summary>
    public bool IsDevelopment => string.IsNullOrWhiteSpace(options.Value.Smtp.Host);

    /// <summary>Posts a mail.</summary>
    /// <param name="to">Address.</param>
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

    /// <summary>Puts a mail into somebody's transaction: it is posted with their change, or not at all. Call <see cref="PostedAsync"/> after it was committed.</summary>
    /// <param name="db">The context with the change.</param>
    /// <param name="to">Address.</param>
    /// <param name="subject">Subject; line breaks become spaces.</param>
    /// <param name="text">Plain text.</param>
    /// <param name="unsubscribe">See <see cref="StoredMail.Unsubscribe"/>.</param>
    public void Add(FaceAdDbContext db, string to, string subject, string text, string? unsubscribe = null)
    {
        var now = time.GetUtcNow();
        var line = new string([.. subject.Select(c => char.IsControl(c) ? ' ' : c)]);
        db.Mails.Add(new StoredMail { To = to, Subject = line.Length > 300 ? line[..300] : line, Text = text, Unsubscribe = unsubscribe, CreatedAt = now, DueAt = now });
    }

    /// <summary>Says that mails were committed; they are sent at once.</summary>
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

    /// <summary>Waits for a mail to be posted here, at most so long.</summary>
    internal Task WaitAsync(TimeSpan atMost, CancellationToken cancellation) => _posted.WaitAsync(atMost, cancellation);
}
