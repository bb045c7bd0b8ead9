using FaceAd.Core;
using FaceAd.Web.Language;
using FaceAd.Web.Metrics;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Components.Pages.Admin;

/// <summary>Key figures now: screens, approvals, today's plays, and the running campaigns.</summary>
public sealed partial class Overview
{
    private const int MostTroubles = 8;
    private readonly CancellationTokenSource _gone = new();
    private Metrics.Overview? _now;
    private Dictionary<Guid, (bool Revoked, DateTimeOffset? LastSeenAt)> _rows = [];
    private IReadOnlyList<ScreenView> _screens = [];
    private List<(ScreenView Screen, IReadOnlyList<string> Troubles)> _troubled = [];
    private int _connected;
    private IDisposable? _board, _news, _figures;
    private bool _loading;

    /// <summary>Ends the subscriptions.</summary>
    public void Dispose()
    {
        _board?.Dispose();
        _news?.Dispose();
        _figures?.Dispose();
        _gone.Cancel();
        _gone.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        if (RendererInfo.IsInteractive)
        {
            _board = Board.Subscribe(InLanguage.Keep(() => _ = InvokeAsync(Redraw)));
            _news = News.Subscribe(InLanguage.Keep(() => _ = InvokeAsync(() => LoadAsync())));
            _figures = Feed.Subscribe(InLanguage.Keep<Metrics.Overview>(overview => _ = InvokeAsync(() => LoadAsync(overview))));
        }
        await LoadAsync();
    }

    private static bool Kids(RunningCampaign campaign) => campaign.Targets.All(t => t == Segment.Kids);

    // Shows the feed's overview as it is: reading it again would compute it more often than the feed does.
    private async Task LoadAsync(Metrics.Overview? overview = null)
    {
        if (_loading || _gone.IsCancellationRequested) return;
        _loading = true;
        try
        {
            _now = overview ?? await Feed.ReadAsync(_gone.Token);
            await using var db = await Contexts.CreateDbContextAsync(_gone.Token);
            _rows = (await db.Screens.AsNoTracking().Select(s => new { s.Id, s.RevokedAt, s.LastSeenAt }).ToListAsync(_gone.Token))
                .ToDictionary(s => s.Id, s => (s.RevokedAt is not null, s.LastSeenAt));
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (Exception exception) when (_now is not null)
        {
            // The page keeps the last figures, and reads again when figures change.
            Log.LogWarning("Could not read the overview ({Reason}); showing the last figures", exception.Message);
        }
        finally
        {
            _loading = false;
        }
        Redraw();
    }

    private void Redraw()
    {
        if (_gone.IsCancellationRequested) return;
        _screens = [.. Board.Now().Select(now =>
        {
            var row = _rows.GetValueOrDefault(now.ScreenId);
            return new ScreenView(now, row.Revoked, now.LastSeenAt ?? row.LastSeenAt);
        })];
        _connected = _screens.Count(s => s.Now.Connected);
        _troubled = [.. _screens.Select(s => (s, ScreenText.Troubles(s, L))).Where(s => s.Item2.Count > 0)];
        StateHasChanged();
    }
}
