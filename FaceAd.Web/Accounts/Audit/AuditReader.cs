using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Accounts.Audit;

/// <summary>Reads the audit log page by page along an index, so that late pages cost no more than the first.</summary>
sealed class AuditReader(IDbContextFactory<FaceAdDbContext> contexts)
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
        return new AuditPage(rows, more ? new AuditCursor(rows[^1].At, rows[^1].Id) : null);
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
        if (filter.After is { } after)
            rows = rows.Where(e => EF.Functions.LessThan(ValueTuple.Create(e.At, e.Id), ValueTuple.Create(after.At, after.Id)));
        return rows.OrderByDescending(e => e.At).ThenByDescending(e => e.Id).Take(PageSize + 1);
    }

    private static IQueryable<AuditEntry> Search(FaceAdDbContext db, string text)
    {
        var like = Sql.Pattern(text) ?? "%";
        return db.AuditEntries
            .FromSql($"SELECT * FROM audit_entries WHERE user_name ILIKE {like} OR subject_name ILIKE {like} OR details::text ILIKE {like} OR address ILIKE {like}")
            .AsNoTracking();
    }
}
