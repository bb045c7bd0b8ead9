using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Data;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FaceAd.Web.Accounts.Views;

/// <summary>Why a view was not saved.</summary>
enum SavedViewProblem
{
    /// <summary>It has no name, or one that is too long.</summary>
    Name = 0,

    /// <summary>Another view of the list has this name.</summary>
    Taken = 1,

    /// <summary>There are <see cref="SavedViews.Most"/> already.</summary>
    Full = 2,

    /// <summary>It is not there any more, or its address is not one of the list's.</summary>
    Gone = 3,
}

/// <summary>
/// The views that a person has saved, which only they see. An address is stored without its path, and only what the list knows of it, so a
/// view leads nowhere but to its list.
/// </summary>
sealed class SavedViews(IDbContextFactory<FaceAdDbContext> contexts)
{
    /// <summary>The most views of a person, of all lists together.</summary>
    public const int Most = 30;

    /// <summary>The most characters of a query.</summary>
    public const int MaxQuery = 1000;

    // Pages are left out: a view begins at the beginning.
    private static readonly Dictionary<SavedList, (string Path, string[] Keys)> Lists = new()
    {
        [SavedList.Campaigns] = ("campaigns", ["q", "state", "advertiser", "site", "from", "to", "sort", "order", "size", "hide"]),
        [SavedList.Screens] = ("admin/screens", ["site", "view", "state", "hide"]),
        [SavedList.Plans] = ("planner", ["for", "site", "group", "from", "to", "flights", "days", "hours", "budget", "price", "goal"]),
        [SavedList.Audit] = ("admin/audit", ["q", "who", "what", "from", "to", "subject", "hide"]),
    };

    /// <summary>The keys of queries that a list knows.</summary>
    public static IReadOnlyList<string> KeysOf(SavedList list) => Lists[list].Keys;

    /// <summary>The address of a view, relative to the app's.</summary>
    public static string AddressOf(SavedView view) => Lists[view.List].Path + (Clean(view.List, view.Query) ?? "");

    /// <summary>A person's views of a list, by name.</summary>
    public async Task<IReadOnlyList<SavedView>> ListAsync(Viewer viewer, SavedList list, CancellationToken cancellation = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        return await db.Set<SavedView>().AsNoTracking().Where(v => v.UserId == viewer.UserId && v.List == list)
            .OrderBy(v => v.Name).ToListAsync(cancellation);
    }

    /// <summary>Saves a view.</summary>
    /// <param name="viewer">Whose.</param>
    /// <param name="list">Of which list.</param>
    /// <param name="name">Its name.</param>
    /// <param name="query">Query part of an address; what the list does not know of it is left out.</param>
    public async Task<SavedViewProblem?> SaveAsync(Viewer viewer, SavedList list, string? name, string? query)
    {
        if (NameOf(name) is not { } text) return SavedViewProblem.Name;
        if (viewer.UserId is not { } user || Clean(list, query) is not { } clean) return SavedViewProblem.Gone;
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        await db.Database.ExecuteSqlAsync($"SELECT 1 FROM users WHERE id = {user} FOR UPDATE"); // one at a time, or there may be too many
        if (await db.Set<SavedView>().CountAsync(v => v.UserId == user) >= Most) return SavedViewProblem.Full;
        db.Add(new SavedView { UserId = user, List = list, Name = text, Query = clean });
        return await TryAsync(db, transaction);
    }

    /// <summary>Gives a view another name.</summary>
    public async Task<SavedViewProblem?> RenameAsync(Viewer viewer, Guid id, string? name)
    {
        if (NameOf(name) is not { } text) return SavedViewProblem.Name;
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        if (await db.Set<SavedView>().SingleOrDefaultAsync(v => v.Id == id && v.UserId == viewer.UserId) is not { } view)
            return SavedViewProblem.Gone;
        view.Name = text;
        return await TryAsync(db, transaction);
    }

    /// <summary>Deletes a view. <see cref="SaveAsync"/> with its values takes that back.</summary>
    public async Task DeleteAsync(Viewer viewer, Guid id)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await db.Set<SavedView>().Where(v => v.Id == id && v.UserId == viewer.UserId).ExecuteDeleteAsync();
    }

    /// <summary>The part of a query that a list knows; null when it is too long or cannot be stored.</summary>
    internal static string? Clean(SavedList list, string? query)
    {
        if (string.IsNullOrEmpty(query)) return "";
        if (query.Length > MaxQuery * 2) return null;
        var asked = QueryHelpers.ParseQuery(query);
        var kept = Lists[list].Keys.Where(asked.ContainsKey)
            .Select(k => KeyValuePair.Create(k, asked[k].FirstOrDefault())).Where(v => !string.IsNullOrEmpty(v.Value)).ToList();
        var clean = QueryString.Create(kept).Value ?? "";
        return clean.Length <= MaxQuery && kept.TrueForAll(v => StorableText.IsSound(v.Value)) ? clean : null;
    }

    private static string? NameOf(string? name) =>
        StorableText.Trimmed(name) is { } text && StorableText.Fits(text, SavedView.MaxName) && !text.Any(char.IsControl)
            ? text : null;

    private static async Task<SavedViewProblem?> TryAsync(
        FaceAdDbContext db, Microsoft.EntityFrameworkCore.Storage.IDbContextTransaction transaction)
    {
        try
        {
            await db.SaveChangesAsync();
            await transaction.CommitAsync();
            return null;
        }
        catch (DbUpdateException exception)
            when (exception.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            return SavedViewProblem.Taken;
        }
    }
}
