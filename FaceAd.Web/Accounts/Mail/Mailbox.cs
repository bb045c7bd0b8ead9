using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Accounts.Mail;

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
    /// <param name="attach">Adds a file to the mail of this identity; null for none.</param>
    public void Add(
        FaceAdDbContext db, string to, string subject, string text, string? unsubscribe = null, Func<Guid, MailAttachment>? attach = null)
    {
        var now = time.GetUtcNow();
        var line = new string([.. subject.Select(c => char.IsControl(c) ? ' ' : c)]);
        var mail = new StoredMail
        {
            To = to,
            Subject = StorableText.Cut(line, 300),
            Text = text,
            Unsubscribe = unsubscribe,
            CreatedAt = now,
            DueAt = now,
        };
        db.Mails.Add(mail);
        if (attach?.Invoke(mail.Id) is { } file) db.Add(file);
    }

    /// <summary>Wakes the sender after mails were committed.</summary>
    public async Task PostedAsync()
    {
        if (IsDevelopment)
        {
            await using var db = await contexts.CreateDbContextAsync();
            await db.Mails.Where(m => !db.Mails.OrderByDescending(k => k.CreatedAt).ThenByDescending(k => k.Id).Take(Capacity)
                .Select(k => k.Id).Contains(m.Id)).ExecuteDeleteAsync();
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

    /// <summary>Names of the files that go with mails of the development mailbox, by mail.</summary>
    public async Task<IReadOnlyDictionary<Guid, string>> FilesAsync()
    {
        if (!IsDevelopment) return new Dictionary<Guid, string>();
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Set<MailAttachment>().Select(a => new { a.MailId, a.Name }).ToDictionaryAsync(a => a.MailId, a => a.Name);
    }

    /// <summary>The file that goes with a mail of the development mailbox; null when there is none.</summary>
    public async Task<MailAttachment?> FileAsync(Guid mailId)
    {
        if (!IsDevelopment) return null;
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Set<MailAttachment>().AsNoTracking().SingleOrDefaultAsync(a => a.MailId == mailId);
    }

    public void Dispose() => _posted.Dispose();

    /// <summary>Waits until a mail is posted on this node, or the time is up.</summary>
    internal Task WaitAsync(TimeSpan atMost, CancellationToken cancellation) => _posted.WaitAsync(atMost, cancellation);
}
