using FaceAd.Web.Data;
using FaceAd.Web.Language;
using FaceAd.Web.Metrics;
using FaceAd.Web.Players;
using FaceAd.Web.Samples;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Localization;

namespace FaceAd.Web.Components.Pages.Admin;

/// <summary>All screens in figures, and the first of those that need attention.</summary>
/// <param name="Screens">How many there are.</param>
/// <param name="Connected">How many are connected.</param>
/// <param name="Viewers">People in view.</param>
/// <param name="Watched">Screens that somebody is in view of.</param>
/// <param name="Samples">How many belong to sample data and have no player.</param>
/// <param name="Troubled">How many need attention.</param>
/// <param name="First">The first of these, at most <see cref="ScreenAttention.Most"/>.</param>
public sealed record ScreenSums(
    int Screens, int Connected, int Viewers, int Watched, int Samples, int Troubled, IReadOnlyList<ScreenView> First);

/// <summary>
/// Counts the screens for all open overviews together, after a change and at most every three seconds: a page gets a few rows, however many
/// screens there are. The database is asked only for screens that it has not heard of lately.
/// </summary>
sealed class ScreenAttention : IDisposable
{
    /// <summary>The most screens that are listed.</summary>
    public const int Most = 8;

    private static readonly TimeSpan AtMostEvery = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Lately = TimeSpan.FromSeconds(30); // heartbeats are written every 15 s at least
    private readonly ScreenBoard _board;
    private readonly IDbContextFactory<FaceAdDbContext> _contexts;
    private readonly IStringLocalizer<Texts> _texts;
    private readonly TimeProvider _time;
    private readonly LiveFeed<string, ScreenSums> _feed;
    private readonly IDisposable _listening;

    /// <summary>Subscribes to the screens.</summary>
    public ScreenAttention(
        ScreenBoard board, IDbContextFactory<FaceAdDbContext> contexts, IStringLocalizer<Texts> texts, TimeProvider time,
        LiveFeedMeter meter, ILogger<ScreenAttention> log)
    {
        (_board, _contexts, _texts, _time) = (board, contexts, texts, time);
        _feed = new("screens", (_, cancellation) => ComputeAsync(cancellation), 1, time, meter, log);
        _listening = board.Subscribe(() => _feed.Mark(_ => true));
    }

    /// <summary>Subscribes to new sums, on a pool thread. Dispose to unsubscribe.</summary>
    /// <param name="changed">Receives them.</param>
    public IDisposable Subscribe(Action<ScreenSums> changed) => _feed.Subscribe("", changed, AtMostEvery);

    /// <summary>The sums, at most a second old or unchanged since.</summary>
    public Task<ScreenSums> ReadAsync(CancellationToken cancellation = default) => _feed.ReadAsync("", cancellation);

    public void Dispose()
    {
        _listening.Dispose();
        _feed.Dispose();
    }

    private async Task<ScreenSums> ComputeAsync(CancellationToken cancellation)
    {
        var rows = await SilentAsync(cancellation);
        var (screens, connected, viewers, watched, samples, troubled) = (0, 0, 0, 0, 0, 0);
        List<ScreenView> first = [];
        foreach (var now in _board.Now())
        {
            var row = rows.GetValueOrDefault(now.ScreenId, (Revoked: false, SeenAt: _time.GetUtcNow(), IsSample: false));
            screens++;
            connected += now.Connected ? 1 : 0;
            viewers += now.Viewers;
            watched += now.Viewers > 0 ? 1 : 0;
            var view = new ScreenView(now, row.Revoked, now.LastSeenAt ?? row.SeenAt) { IsSample = row.IsSample };
            if (view is { IsSample: true, Now.Connected: false }) samples++;
            if (ScreenText.Troubles(view, _texts).Count == 0) continue;
            if (++troubled <= Most) first.Add(view);
        }
        return new ScreenSums(screens, connected, viewers, watched, samples, troubled, first);
    }

    private async Task<Dictionary<Guid, (bool Revoked, DateTimeOffset? SeenAt, bool IsSample)>> SilentAsync(
        CancellationToken cancellation)
    {
        var since = _time.GetUtcNow() - Lately;
        await using var db = await _contexts.CreateDbContextAsync(cancellation);
        return (await db.Screens.AsNoTracking()
            .Where(s => s.RevokedAt != null || s.LastSeenAt == null || s.LastSeenAt < since || db.Set<SampleItem>().Any(i => i.Id == s.Id))
            .Select(s => new { s.Id, s.RevokedAt, s.LastSeenAt, IsSample = db.Set<SampleItem>().Any(i => i.Id == s.Id) })
            .ToListAsync(cancellation)).ToDictionary(s => s.Id, s => (s.RevokedAt is not null, s.LastSeenAt, s.IsSample));
    }
}
