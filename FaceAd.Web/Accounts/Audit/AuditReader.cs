using System.Globalization;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Accounts.Audit;

/// <summary>Filters of the audit log; null matches all.</summary>
public sealed record AuditFilter
{
    /// <summary>By this user.</summary>
    public Guid? UserId { get; init; }

    /// <summary>By no signed-in user: the system, or a failed sign-in.</summary>
    public bool Nobody { get; init; }

    /// <summary>The most characters of <see cref="Text"/>.</summary>
    public const int MaxText = 100;

    /// <summary>
    /// Contained in a name, the details or the address, ignoring case; empty matches all. Scans from the newest entry: narrow it by dates.
    /// </summary>
    public string? Text { get; init; }

    /// <summary>What was done.</summary>
    public AuditVerb? Verb { get; init; }

    /// <summary>Concerning this thing.</summary>
    public Guid? SubjectId { get; init; }

    /// <summary>Not before this instant.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Before this instant.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Entries before this position, that is, older ones.</summary>
    public AuditPlace? After { get; init; }
}

/// <summary>A position in the log, as used in page addresses: where the next page begins.</summary>
/// <param name="At">Instant of the last entry seen.</param>
/// <param name="Id">Its id.</param>
public readonly record struct AuditPlace(DateTimeOffset At, long Id)
{
    /// <summary>Parses a position; null when it is malformed.</summary>
    /// <param name="text">The output of <see cref="ToString"/>.</param>
    public static AuditPlace? Read(string? text)
    {
        var parts = (text ?? "").Split('-');
        return parts.Length == 2 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var id) && microseconds < 253_402_300_800_000_000
            ? new AuditPlace(DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond), id)
            : null;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(At - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond}-{Id}");
}

/// <summary>One page of the log.</summary>
/// <param name="Entries">Newest first.</param>
/// <param name="Next">Where the next page begins; null on the last page.</param>
public sealed record AuditPage(IReadOnlyList<AuditEntry> Entries, AuditPlace? Next);

/// <summary>Reads the audit log page by page along an index, so that late pages cost no more than the first.</summary>
/// <param name="contexts">The database.</param>
public sealed class AuditReader(IDbContextFactory<FaceAdDbContext> contexts)
{
    /// <summary>Entries per page.</summary>
    public const int PageSize = 50;

    /// <summary>Reads a page.</summary>
    /// <param name="filter">Which entries.</param>
    /// <param name="cancellation">Cancels the read.</param>
    public async Task<AuditPage> ReadAsync(AuditFilter filter, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        var rows = await Query(db, filter).ToListAsync(cancellation);
        var more = rows.Count > PageSize;
        if (more) rows.RemoveAt(PageSize);
        return new AuditPage(rows, more ? new AuditPlace(rows[^1].At, rows[^1].Id) : null);
    }

    internal static IQueryable<AuditEntry> Query(FaceAdDbContext db, AuditFilter filter)
    {
        var rows = filter.Text is { Length: > 0 } text ? Search(db, text) : db.AuditEntries.AsNoTracking();
        if (filter.UserId is { } user) rows = rows.Where(e => e.UserId == user);
        if (filter.Nobody) rows = rows.Where(e => e.UserId == null);
        if (filter.Verb is { } verb) rows = rows.Where(e => e.Verb == verb);
        if (filter.SubjectId is { } subject) rows = rows.Where(e => e.SubjectId == subject);
        if (filter.From is { } from) rows = rows.Where(e => e.At >= from);
        if (filter.To is { } to) rows = rows.Where(e => e.At < to);
        if (filter.After is { } after) rows = rows.Where(e => EF.Functions.LessThan(ValueTuple.Create(e.At, e.Id), ValueTuple.Create(after.At, after.Id)));
        return rows.OrderByDescending(e => e.At).ThenByDescending(e => e.Id).Take(PageSize + 1);
    }

    private static IQueryable<AuditEntry> Search(FaceAdDbContext db, string text)
    {
        var cut = text.Length > AuditFilter.MaxText ? text[..AuditFilter.MaxText] : text;
        var like = "%" + cut.Replace("\0", "", StringComparison.Ordinal)
            .Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal) + "%";
        return db.AuditEntries
            .FromSql($"SELECT * FROM audit_entries WHERE user_name ILIKE {like} OR subject_name ILIKE {like} OR details::text ILIKE {like} OR address ILIKE {like}")
            .AsNoTracking();
    }
}
