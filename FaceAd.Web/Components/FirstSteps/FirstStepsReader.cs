using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using FaceAd.Web.Players;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Components.FirstSteps;

/// <summary>One getting-started step.</summary>
/// <param name="Key">Name of the step; its texts are <c>First.KEY</c> and <c>First.KEY.Text</c>.</param>
/// <param name="Done">Whether it is done, derived from the data rather than ticked off.</param>
/// <param name="Href">Page where it is done.</param>
/// <param name="Icon">The icon of a step that is only something to look at; null for one that can be done.</param>
readonly record struct FirstStep(string Key, bool Done, string Href, string? Icon = null);

/// <summary>
/// Getting-started steps: for an administrator from an empty installation to the first approval, for an advertiser from the first campaign
/// to its first play, and for those who only look, where to look. Once a user has completed or closed them, they are not queried again.
/// </summary>
/// <param name="contexts">The database.</param>
/// <param name="board">Knows which screens are connected.</param>
/// <param name="clock">The clock.</param>
sealed class FirstStepsReader(IDbContextFactory<FaceAdDbContext> contexts, ScreenBoard board, TimeProvider clock)
{
    private static readonly FirstStep[] OfReaders =
        [
            new("Follow", false, "campaigns", "chart"), new("Report", false, "campaigns?state=Ended", "print"),
            new("Metrics", false, "help/metrics", "info"),
        ];

    private static readonly FirstStep[] OfOwnersReaders =
        [new("Network", false, "admin/screens", "screen"), new("Audience", false, "admin/audience", "eye"), .. OfReaders];

    /// <summary>The steps of a user who has not completed them all; null for everyone else.</summary>
    /// <param name="viewer">The user.</param>
    public async Task<IReadOnlyList<FirstStep>?> ReadAsync(Viewer viewer)
    {
        if (viewer.UserId is not { } user) return null;
        await using var db = await contexts.CreateDbContextAsync();
        if (!await db.Users.AnyAsync(u => u.Id == user && u.FirstStepsDoneAt == null)) return null;
        if (!viewer.CanChange) return viewer.IsMediaOwner ? OfOwnersReaders : OfReaders;
        var steps = viewer.IsMediaOwner ? await OfAdminAsync(db, user) : await OfAdvertiserAsync(db, viewer.OrganisationId);
        if (!steps.All(s => s.Done)) return steps;
        await CloseAsync(viewer);
        return null;
    }

    /// <summary>Closes the list permanently, whether or not the steps are done.</summary>
    /// <param name="viewer">The user.</param>
    public Task CloseAsync(Viewer viewer) => SetAsync(viewer, clock.GetUtcNow());

    /// <summary>Shows the list again.</summary>
    /// <param name="viewer">The user.</param>
    public Task OpenAsync(Viewer viewer) => SetAsync(viewer, null);

    private async Task SetAsync(Viewer viewer, DateTimeOffset? at)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await db.Users.Where(u => u.Id == viewer.UserId).ExecuteUpdateAsync(s => s.SetProperty(u => u.FirstStepsDoneAt, at));
    }

    // Each list is one statement of EXISTS conditions, which stop at their first row. Each condition names the statement's own row: EF Core
    // takes one that names none for a parameter, and asks for its value beforehand, with the thread waiting.
    private async Task<FirstStep[]> OfAdminAsync(FaceAdDbContext db, Guid user)
    {
        var has = await db.Users.Where(u => u.Id == user).Select(u => new
        {
            Site = db.Sites.Any(_ => u.Id == user),
            Consent = db.Sites.Any(s => u.Id == user && s.ConsentAt != null),
            Screen = db.Screens.Any(s => u.Id == user && s.RevokedAt == null),
            Connected = db.Screens.Any(s => u.Id == user && s.LastSeenAt != null),
            House = db.Creatives.Any(c => u.Id == user && c.CampaignId == null),
            Described = db.Sites.Any(s => u.Id == user && (s.Latitude != null || s.PictureSha256 != null)),
            Advertiser = db.Organisations.Any(o => u.Id == user && o.Kind == OrganisationKind.Advertiser),
            Approved = db.Campaigns.Any(c => u.Id == user && (c.State == CampaignState.Approved || c.State == CampaignState.Paused)),
        }).SingleAsync();
        return
        [
            new("Site", has.Site, "admin/screens"),
            new("Consent", has.Consent, "admin/screens"),
            new("Screen", has.Screen, "admin/screens"),
            new("Connect", has.Connected || board.Connected > 0, "admin/screens"),
            new("House", has.House, "admin/house"),
            new("Describe", has.Described, "buildings"),
            new("Advertiser", has.Advertiser, "organisation"),
            new("Approve", has.Approved, "admin/approvals"),
        ];
    }

    private static async Task<FirstStep[]> OfAdvertiserAsync(FaceAdDbContext db, Guid organisation)
    {
        var there = db.Campaigns.AsNoTracking().Where(c => c.DeletedAt == null);
        var own = there.Where(c => c.OrganisationId == organisation);
        var has = await own.OrderByDescending(c => c.CreatedAt).ThenByDescending(c => c.Id).Select(c => new
        {
            c.Id,
            Creative = there.Any(o => o.OrganisationId == c.OrganisationId && o.Creatives.Any()),
            Sent = there.Any(o => o.OrganisationId == c.OrganisationId && o.SubmittedAt != null),
            Approved = there.Any(o =>
                o.OrganisationId == c.OrganisationId && (o.State == CampaignState.Approved || o.State == CampaignState.Paused)),
            Played = there.Any(o => o.OrganisationId == c.OrganisationId && o.Total!.Plays > 0),
        }).FirstOrDefaultAsync();
        var newest = has is null ? "campaigns/new" : $"campaigns/{has.Id}";
        return
        [
            new("Campaign", has is not null, newest),
            new("Creative", has is { Creative: true }, newest),
            new("Send", has is { Sent: true }, newest),
            new("Approved", has is { Approved: true }, newest),
            new("Play", has is { Played: true }, newest),
        ];
    }
}
