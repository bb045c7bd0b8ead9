using FaceAd.Core;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Language;
using FaceAd.Web.Players;
using FaceAd.Web.Plays;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.EntityFrameworkCore;
using Radzen;

namespace FaceAd.Web.Components.Pages.Admin.Sites;

/// <summary>All screens by site, live. Follows the screen board without further queries.</summary>
public sealed partial class Screens
{
    private const int SitesOfAPage = 10;
    private readonly CancellationTokenSource _gone = new();
    private List<Site>? _sites;
    private List<ScreenEntry> _entries = [];
    private string? _next;
    private bool _none;
    private Dictionary<Guid, (bool Revoked, DateTimeOffset? LastSeenAt)> _rows = [];
    private Dictionary<Guid, (DisputeReason Reason, long Plays)[]> _disputed = [];
    private Dictionary<Guid, ScreenView> _screens = [];
    private Dictionary<Guid, List<ScreenView>> _bySite = [];
    private IDisposable? _board;
    private IDisposable? _directory;
    private Viewer? _viewer;

    /// <summary>Part of a site's name.</summary>
    [SupplyParameterFromQuery]
    public string? Q { get; set; }

    /// <summary>Name of the previous page's last site.</summary>
    [SupplyParameterFromQuery]
    public string? After { get; set; }

    private bool CanChange => _viewer is { CanChange: true };

    [CascadingParameter]
    private Task<AuthenticationState> SignedIn { get; set; } = null!;

    /// <summary>Ends the subscriptions.</summary>
    public void Dispose()
    {
        _board?.Dispose();
        _directory?.Dispose();
        _gone.Cancel();
        _gone.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        if (RendererInfo.IsInteractive)
        {
            _board = Board.Subscribe(InLanguage.Keep(() => _ = InvokeAsync(Redraw)));
            var reload = InLanguage.Keep(() => _ = InvokeAsync(LoadAsync));
            _directory = Directory.Changed.Add(_ => reload());
            _ = TickAsync(_gone.Token);
        }
        _viewer = Viewer.Of((await SignedIn).User);
    }

    /// <inheritdoc/>
    protected override Task OnParametersSetAsync() => LoadAsync();

    // Screens are rarely created, revoked or switched: their rows are read then, and only then.
    private async Task LoadAsync()
    {
        await using var db = await Contexts.CreateDbContextAsync();
        // One page of sites, along the index of their names.
        var rows = db.Sites.AsNoTracking();
        if (Q?.Trim() is { Length: > 0 } words)
        {
            var pattern = $"%{words.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal)}%";
            rows = rows.Where(s => EF.Functions.ILike(s.Name, pattern, @"\"));
        }
        if (!string.IsNullOrEmpty(After))
            rows = rows.Where(s => EF.Functions.GreaterThan(ValueTuple.Create(s.Name, s.Id), ValueTuple.Create(After, Guid.AllBitsSet)));
        var sites = await rows.OrderBy(s => s.Name).Take(SitesOfAPage + 1).ToListAsync();
        _next = sites.Count > SitesOfAPage ? sites[SitesOfAPage - 1].Name : null;
        if (_next is not null) sites.RemoveAt(SitesOfAPage);
        _none = sites.Count == 0 && !await db.Sites.AnyAsync();
        var shown = sites.Select(s => s.Id).ToHashSet();
        _entries = [.. Directory.All.Where(s => shown.Contains(s.SiteId))];
        _sites = sites;
        _rows = (await db.Screens.AsNoTracking().Where(s => shown.Contains(s.SiteId)).Select(s => new { s.Id, s.RevokedAt, s.LastSeenAt })
            .ToListAsync())
            .ToDictionary(s => s.Id, s => (s.RevokedAt is not null, s.LastSeenAt));
        var (ids, since) = (_rows.Keys.ToArray(), DateOnly.FromDateTime(Clock.GetUtcNow().UtcDateTime).AddDays(-ScreenText.DisputedDays));
        var disputed = await db.Set<DisputedPlayDay>().Where(d => ids.Contains(d.ScreenId) && d.Day > since)
            .GroupBy(d => new { d.ScreenId, d.Reason })
            .Select(g => new { g.Key.ScreenId, g.Key.Reason, Plays = g.Sum(d => d.Plays) }).ToListAsync();
        _disputed = disputed.GroupBy(d => d.ScreenId)
            .ToDictionary(g => g.Key, g => g.OrderByDescending(d => d.Plays).Select(d => (d.Reason, d.Plays)).ToArray());
        Redraw();
    }

    // Ages of heartbeats grow even when nothing happens.
    private async Task TickAsync(CancellationToken gone)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), Clock);
        try
        {
            while (await timer.WaitForNextTickAsync(gone)) await InvokeAsync(Redraw);
        }
        catch (OperationCanceledException)
        {
            // The page is gone.
        }
    }

    private void Redraw()
    {
        if (_gone.IsCancellationRequested) return;
        _screens = Board.Now(_entries).ToDictionary(s => s.ScreenId, now =>
        {
            var row = _rows.GetValueOrDefault(now.ScreenId);
            return new ScreenView(now, row.Revoked, now.LastSeenAt ?? row.LastSeenAt)
            {
                Disputed = _disputed.GetValueOrDefault(now.ScreenId) ?? [],
            };
        });
        _bySite = _screens.Values.Where(s => Directory.Find(s.Now.ScreenId) is not null)
            .GroupBy(s => Directory.Find(s.Now.ScreenId)!.SiteId).ToDictionary(g => g.Key, g => g.ToList());
        StateHasChanged();
    }

    private async Task RegisterSiteAsync()
    {
        if (await Dialogs.OpenAsync<SiteDialog>(L["Admin.Screens.RegisterSite"], new() { [nameof(SiteDialog.By)] = _viewer },
            Wide) is not Site site) return;
        await LoadAsync();
        if (!_bySite.ContainsKey(site.Id)) await RegisterScreenAsync(site.Id);
    }

    private async Task RegisterScreenAsync(Guid? siteId)
    {
        var answer = await Dialogs.OpenAsync<ScreenDialog>(
            L["Admin.Screens.Register"],
            new()
            {
                [nameof(ScreenDialog.Sites)] = await AllSitesAsync(),
                [nameof(ScreenDialog.SiteId)] = siteId,
                [nameof(ScreenDialog.By)] = _viewer
            }, Wide);
        if (answer is not ValueTuple<Screen, string> registered) return;
        await LoadAsync();
        await ShowTokenAsync(registered.Item1.Name, registered.Item2);
    }

    private async Task<List<Site>> AllSitesAsync()
    {
        await using var db = await Contexts.CreateDbContextAsync();
        return await db.Sites.AsNoTracking().OrderBy(s => s.Name).ToListAsync();
    }

    private string Page(string? after) =>
        Navigation.GetUriWithQueryParameters("admin/screens", new Dictionary<string, object?> { ["q"] = Some(Q), ["after"] = after });

    private static string? Some(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;

    private async Task ChangeModeAsync(ScreenNow screen)
    {
        var mode = screen.Mode == InferenceMode.Server ? InferenceMode.Device : InferenceMode.Server;
        var key = "Admin.Screens.Mode.To" + mode;
        var text = mode == InferenceMode.Device && screen.HasModels == false ? L[key + ".NoModels"] : L[key + ".Text"];
        if (!await Confirm.AskAsync(Dialogs, L[key, screen.Name], text, L[key + ".Do"])) return;
        await Registry.SetModeAsync(screen.ScreenId, mode, _viewer);
        await LoadAsync();
    }

    private async Task RenewAsync(ScreenNow screen)
    {
        if (!await Confirm.AskAsync(Dialogs, L["Admin.Screens.Renew.Title", screen.Name], L["Admin.Screens.Renew.Text"],
            L["Admin.Screens.Renew"])) return;
        var token = await Registry.RenewTokenAsync(screen.ScreenId, _viewer);
        await LoadAsync();
        await ShowTokenAsync(screen.Name, token);
    }

    private async Task RevokeAsync(ScreenNow screen)
    {
        if (!await Confirm.AskAsync(Dialogs, L["Admin.Screens.Revoke.Title", screen.Name], L["Admin.Screens.Revoke.Text"],
            L["Admin.Screens.Revoke"], danger: true)) return;
        await Registry.RevokeAsync(screen.ScreenId, _viewer);
        await LoadAsync();
        Notes.Notify(
            new NotificationMessage
            {
                Severity = NotificationSeverity.Success,
                Summary = L["Admin.Screens.Revoke.Done", screen.Name],
                Duration = 5000,
            });
    }

    private async Task ShowTokenAsync(string name, string token) => await Dialogs.OpenAsync<TokenDialog>(
        L["Admin.Screens.Token.Title", name],
        new() { [nameof(TokenDialog.Token)] = token, [nameof(TokenDialog.Server)] = Navigation.BaseUri.TrimEnd('/') },
        new() { Width = "680px", CloseDialogOnEsc = false, ShowClose = false });

    private static DialogOptions Wide => new() { Width = "520px", CloseDialogOnEsc = true };
}
