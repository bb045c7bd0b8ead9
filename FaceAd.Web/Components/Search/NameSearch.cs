using System.Threading.RateLimiting;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Components.Search;

/// <summary>
/// Finds campaigns, screens, buildings, people and advertisers by a part of their names or notes, for one circuit. It reads the names of
/// one kind that the viewer may see: 50 ms of two busy cores for 10,000 campaigns. So there is no trigram index, which would need an
/// extension that not every managed PostgreSQL lets an app create.
/// </summary>
sealed class NameSearch(IDbContextFactory<FaceAdDbContext> contexts) : IDisposable
{
    /// <summary>The most found of a kind.</summary>
    public const int Most = 8;

    // Nobody types faster for long. A search waits for its turn, and a later one takes its place.
    private readonly TokenBucketRateLimiter _rate = new(new TokenBucketRateLimiterOptions
    {
        TokenLimit = 30,
        TokensPerPeriod = 5,
        ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        QueueLimit = 1,
        QueueProcessingOrder = QueueProcessingOrder.NewestFirst,
    });

    public void Dispose() => _rate.Dispose();

    /// <summary>Finds by a part of a name or note: first those that begin with it, then by name.</summary>
    /// <param name="viewer">Who searches; nothing is found that they may not see.</param>
    /// <param name="kind">What.</param>
    /// <param name="text">The part; the first of all by name for an empty one.</param>
    /// <param name="cancellation">Cancels the search.</param>
    public async Task<IReadOnlyList<FoundName>> FindAsync(
        Viewer viewer, NameKind kind, string? text, CancellationToken cancellation = default)
    {
        using var turn = await _rate.AcquireAsync(1, cancellation);
        if (!turn.IsAcquired) return [];
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        var rows = Visible(db, viewer, kind);
        if (Sql.Pattern(text) is not { } part)
            return await rows.OrderBy(r => r.Name).ThenBy(r => r.Id).Take(Most).ToListAsync(cancellation);
        var beginning = part[1..];
        return await rows.Where(r => EF.Functions.ILike(r.Name, part, @"\") || EF.Functions.ILike(r.Note!, part, @"\"))
            .OrderBy(r => !EF.Functions.ILike(r.Name, beginning, @"\")).ThenBy(r => r.Name).ThenBy(r => r.Id)
            .Take(Most).ToListAsync(cancellation);
    }

    /// <summary>One by its id; null when there is none that the viewer may see.</summary>
    public async Task<FoundName?> GetAsync(Viewer viewer, NameKind kind, Guid id, CancellationToken cancellation = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        return await Visible(db, viewer, kind).SingleOrDefaultAsync(r => r.Id == id, cancellation);
    }

    private static IQueryable<FoundName> Visible(FaceAdDbContext db, Viewer viewer, NameKind kind)
    {
        var (all, own) = (viewer.IsMediaOwner, viewer.OrganisationId);
        return kind switch
        {
            NameKind.Campaign => CampaignService.Visible(db, viewer)
                .Select(c => new FoundName { Id = c.Id, Name = c.Name, Note = all ? c.Organisation!.Name : null }),
            NameKind.Screen => db.Screens.Where(s => all).Select(s => new FoundName { Id = s.Id, Name = s.Name, Note = s.Site!.Name }),
            // Advertisers may book every building.
            NameKind.Site => db.Sites.Select(s => new FoundName { Id = s.Id, Name = s.Name, Note = s.Address }),
            NameKind.Person => db.Users.Where(u => viewer.Manages && (all || u.OrganisationId == own))
                .Select(u => new FoundName { Id = u.Id, Name = u.DisplayName, Note = u.Email }),
            NameKind.Advertiser => db.Organisations.Where(o => all && o.Kind == OrganisationKind.Advertiser)
                .Select(o => new FoundName { Id = o.Id, Name = o.Name, Note = "" }),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown kind."),
        };
    }
}
