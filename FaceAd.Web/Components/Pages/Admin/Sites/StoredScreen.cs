using FaceAd.Core.Proof;
using FaceAd.Web.Data;
using FaceAd.Web.Players;
using FaceAd.Web.Plays;
using FaceAd.Web.Samples;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Components.Pages.Admin.Sites;

/// <summary>What pages show of a screen beside what the board has in memory. It changes rarely, and is read then, and only then.</summary>
sealed record StoredScreen(bool Revoked, DateTimeOffset? LastSeenAt, bool IsSample)
{
    private IReadOnlyList<(DisputeReason Reason, long Plays)> Disputed { get; init; } = [];

    private (string Fingerprint, DateTimeOffset Since)? Key { get; init; }

    /// <summary>Reads screens.</summary>
    /// <param name="db">The database.</param>
    /// <param name="ids">The screens: those that are shown.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public static async Task<Dictionary<Guid, StoredScreen>> ReadAsync(
        FaceAdDbContext db, Guid[] ids, DateTimeOffset now, CancellationToken cancellation = default)
    {
        var rows = await db.Screens.AsNoTracking().Where(s => ids.Contains(s.Id)).Select(s => new
        {
            s.Id,
            s.RevokedAt,
            s.LastSeenAt,
            IsSample = db.Set<SampleItem>().Any(i => i.Id == s.Id),
        }).ToListAsync(cancellation);
        var disputed = await DisputeStore.LatelyAsync(db, ids, now, cancellation);
        var keys = await db.Set<ScreenKey>().AsNoTracking().Where(k => ids.Contains(k.ScreenId)).OrderBy(k => k.RegisteredAt)
            .ToListAsync(cancellation);
        var newest = keys.GroupBy(k => k.ScreenId).ToDictionary(g => g.Key, g => g.Last());
        return rows.ToDictionary(s => s.Id, s => new StoredScreen(s.RevokedAt is not null, s.LastSeenAt, s.IsSample)
        {
            Disputed = disputed.GetValueOrDefault(s.Id) ?? [],
            Key = newest.GetValueOrDefault(s.Id) is { } key ? (PlayKey.FingerprintOf(key.PublicKey), key.RegisteredAt) : null,
        });
    }

    /// <summary>A screen as it is shown; what is not read yet is left out.</summary>
    public static ScreenView View(ScreenNow now, StoredScreen? stored) =>
        new(now, stored?.Revoked == true, now.LastSeenAt ?? stored?.LastSeenAt)
        {
            IsSample = stored?.IsSample == true,
            Disputed = stored?.Disputed ?? [],
            Key = stored?.Key,
        };
}
