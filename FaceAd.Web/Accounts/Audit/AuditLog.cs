using System.Text.Encodings.Web;
using System.Text.Json;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FaceAd.Web.Accounts.Audit;

/// <summary>Writes the audit log: within the transaction of a change, or on its own.</summary>
sealed class AuditLog(NpgsqlDataSource database, TimeProvider time, ILogger<AuditLog> log)
{
    private const string Insert = """
        INSERT INTO audit_entries (at, user_id, user_name, organisation_id, verb, subject, subject_id, subject_name, details, address,
            once_key)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb, $10, $11)
        ON CONFLICT (once_key) WHERE once_key IS NOT NULL DO NOTHING
        """;

    /// <summary>
    /// Writes an entry on its own. If the database is unavailable the action still goes through, and the application log records the
    /// failure.
    /// </summary>
    /// <param name="entry">The entry; of entries with the same <see cref="AuditEntry.OnceKey"/> only the first is kept.</param>
    public async Task WriteAsync(AuditEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        try
        {
            await using var connection = await database.OpenConnectionAsync();
            await AddAsync(connection, entry, CancellationToken.None);
        }
        catch (NpgsqlException exception)
        {
            log.LogError("{Verb} of {Subject} {SubjectId} by {UserId} could not be written to the audit log ({Reason})",
                entry.Verb, entry.Subject, entry.SubjectId, entry.UserId, exception.Message);
        }
    }

    /// <summary>Writes an entry in the transaction of what it records.</summary>
    public static Task AddAsync(NpgsqlConnection connection, AuditEntry entry, CancellationToken cancellation) => connection.ExecuteAsync(
        Insert,
        [entry.At, entry.UserId, entry.UserName, entry.OrganisationId, (int)entry.Verb, (int)entry.Subject, entry.SubjectId,
            entry.SubjectName, entry.Details, entry.Address, entry.OnceKey],
        cancellation);

    /// <summary>Records that a user viewed something; at most one entry per user, thing and hour.</summary>
    /// <param name="who">The user.</param>
    /// <param name="verb">What they viewed.</param>
    /// <param name="subject">Its kind.</param>
    /// <param name="id">Its identity; null for a page.</param>
    /// <param name="name">Its name.</param>
    public Task LookedAsync(Viewer who, AuditVerb verb, AuditSubject subject, Guid? id, string name)
    {
        var now = time.GetUtcNow();
        var key = string.Create(
            System.Globalization.CultureInfo.InvariantCulture, $"{(int)verb}:{who.UserId:N}:{id:N}:{now.UtcDateTime:yyyyMMddHH}");
        return WriteAsync(Entry(who, now, verb, subject, id, name, once: key));
    }

    /// <summary>Builds an entry.</summary>
    /// <param name="who">The user; null for the system.</param>
    /// <param name="at">Time of the action.</param>
    /// <param name="verb">What was done.</param>
    /// <param name="subject">The kind of thing it was done to.</param>
    /// <param name="id">Its identity.</param>
    /// <param name="name">Its name; cut to <see cref="AuditEntry.MaxName"/>.</param>
    /// <param name="details">Further facts, each at most 300 characters; longer ones are cut. Nothing about viewers.</param>
    /// <param name="once">See <see cref="AuditEntry.OnceKey"/>.</param>
    public static AuditEntry Entry(
        Viewer? who, DateTimeOffset at, AuditVerb verb, AuditSubject subject, Guid? id, string? name,
        IReadOnlyDictionary<string, string>? details = null, string? once = null) => new()
        {
            At = at,
            UserId = who?.UserId,
            UserName = who?.Name,
            OrganisationId = who?.OrganisationId,
            Verb = verb,
            Subject = subject,
            SubjectId = id,
            SubjectName = name is null ? null : StorableText.Cut(name, AuditEntry.MaxName),
            Details = details is { Count: > 0 } ? JsonSerializer.Serialize(
                details.ToDictionary(d => d.Key, d => StorableText.Of(StorableText.Cut(d.Value, 300))), Readable) : null,
            Address = who?.Address,
            OnceKey = once,
        };

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}

/// <summary>Adds audit entries to the transaction of the change they record.</summary>
static class AuditedChanges
{
    /// <summary>
    /// Adds an entry, which is saved with the change. Every change is audited, so this is also the last line of defence: a read-only user
    /// is refused here, and the change's transaction is rolled back.
    /// </summary>
    /// <exception cref="UnauthorizedAccessException">The user is read-only, and it is not their own account.</exception>
    public static void Audit(
        this FaceAdDbContext db, Viewer? who, DateTimeOffset at, AuditVerb verb, AuditSubject subject, Guid id, string name,
        params (string Key, string? Value)[] details)
    {
        if (who is { CanChange: false } && (subject != AuditSubject.Account || id != who.Value.UserId))
            throw new UnauthorizedAccessException($"A read-only user may not do this: {verb}.");
        db.AuditEntries.Add(AuditLog.Entry(
            who, at, verb, subject, id, name, details.Where(d => !StorableText.IsBlank(d.Value))
                .ToDictionary(d => d.Key, d => d.Value!)));
    }
}
