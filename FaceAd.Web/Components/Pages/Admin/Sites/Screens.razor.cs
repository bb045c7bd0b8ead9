using FaceAd.Core;
using FaceAd.Web.Components.Controls;
using FaceAd.Web.Language;
using FaceAd.Web.Players;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using MudBlazor;

namespace FaceAd.Web.Components.Pages.Admin.Sites;

/// <summary>All screens, live, by site or as a table. Follows the screen board without further queries.</summary>
public sealed partial class Screens
{
    private const int SitesOfAPage = 10;
    private readonly CancellationTokenSource _gone = new();
    private ScreenTable? _table;
    private List<Site>? _sites;
    private List<ScreenEntry> _entries = [];
    private Guid? _site;
    private ScreenFilter? _state;
    private string? _next;
    private bool _none;
    private Dictionary<Guid, StoredScreen> _stored = [];
    private Dictionary<Guid, List<ScreenView>> _bySite = [];
    private IDisposable? _board;
    private IDisposable? _directory;

    /// <summary>One site.</summary>
    [SupplyParameterFromQuery]
    public string? Site { get; set; }

    /// <summary>Name of the previous page's last site.</summary>
    [SupplyParameterFromQuery]
    public string? After { get; set; }

    /// <summary>"table" for rows; otherwise cards.</summary>
    [SupplyParameterFromQuery]
    public string? View { get; set; }

    /// <summary>A state, for rows only.</summary>
    [SupplyParameterFromQuery]
    public string? State { get; set; }

    /// <summary>Columns that a saved view hides, comma separated; null for what the browser remembers.</summary>
    [SupplyParameterFromQuery]
    public string? Hide { get; set; }

    private bool IsTable => View == "table";

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
        await base.OnInitializedAsync();
    }

    /// <inheritdoc/>
    protected override Task OnParametersSetAsync()
    {
        _site = Guid.TryParse(Site, out var site) ? site : null;
        _state = Enum.TryParse<ScreenFilter>(State, out var state) && Enum.IsDefined(state) ? state : null;
        return LoadAsync();
    }

    private protected override async Task LoadAsync()
    {
        await using var db = await Contexts.CreateDbContextAsync();
        if (IsTable)
        {
            (_sites, _entries, _next, _none) = ([], [], null, !await db.Sites.AnyAsync());
            if (_table is not null) await _table.ReloadAsync();
            return;
        }
        // One page of sites, along the index of their names.
        var rows = db.Sites.AsNoTracking();
        if (_site is { } only) rows = rows.Where(s => s.Id == only);
        if (!string.IsNullOrEmpty(After))
            rows = rows.Where(s => EF.Functions.GreaterThan(ValueTuple.Create(s.Name, s.Id), ValueTuple.Create(After, Guid.AllBitsSet)));
        var sites = await rows.OrderBy(s => s.Name).Take(SitesOfAPage + 1).ToListAsync();
        _next = sites.Count > SitesOfAPage ? sites[SitesOfAPage - 1].Name : null;
        if (_next is not null) sites.RemoveAt(SitesOfAPage);
        _none = sites.Count == 0 && !await db.Sites.AnyAsync();
        var shown = sites.Select(s => s.Id).ToHashSet();
        _entries = [.. Directory.All.Where(s => shown.Contains(s.SiteId))];
        _stored = await StoredScreen.ReadAsync(db, [.. _entries.Select(e => e.Id)], Clock.GetUtcNow());
        _sites = sites;
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
        _bySite = Board.Now(_entries).Select(now => (_entries.Find(e => e.Id == now.ScreenId)!.SiteId,
                View: StoredScreen.View(now, _stored.GetValueOrDefault(now.ScreenId))))
            .GroupBy(s => s.SiteId, s => s.View).ToDictionary(g => g.Key, g => g.ToList());
        StateHasChanged();
    }

    private async Task RegisterSiteAsync()
    {
        var dialog = await Dialogs.ShowAsync<SiteDialog>(
            L["Admin.Screens.RegisterSite"], new DialogParameters<SiteDialog> { { d => d.By, ActorAsync } });
        if (await dialog.GetReturnValueAsync<Site>() is not { } site) return;
        await LoadAsync();
        if (!Directory.All.Any(s => s.SiteId == site.Id)) await RegisterScreenAsync(site.Id);
    }

    private async Task RegisterScreenAsync(Guid? siteId)
    {
        await using (var db = await Contexts.CreateDbContextAsync())
            siteId ??= _site ?? await db.Sites.OrderBy(s => s.Name).Select(s => (Guid?)s.Id).FirstOrDefaultAsync();
        var parameters = new DialogParameters<ScreenDialog> { { d => d.SiteId, siteId }, { d => d.By, ActorAsync } };
        var dialog = await Dialogs.ShowAsync<ScreenDialog>(L["Admin.Screens.Register"], parameters);
        if (await dialog.GetReturnValueAsync<(Screen Screen, string Token)?>() is not { } registered) return;
        await LoadAsync();
        await ShowTokenAsync(registered.Screen.Name, registered.Token);
    }

    private string Page(string? site, string? after, string? view, string? state) => Navigation.GetUriWithQueryParameters(
        "admin/screens", new Dictionary<string, object?> { ["site"] = site, ["after"] = after, ["view"] = view, ["state"] = state });

    private void Go(string? site, string? view, string? state) => Navigation.NavigateTo(Page(site, null, view, state));

    private string TextOf(ScreenFilter? state) => L["Admin.Screens.Filter." + (state?.ToString() ?? "All")];

    private async Task ChangeModeAsync(ScreenNow screen)
    {
        var mode = screen.Mode == InferenceMode.Server ? InferenceMode.Device : InferenceMode.Server;
        var key = "Admin.Screens.Mode.To" + mode;
        var text = mode == InferenceMode.Device && screen.HasModels == false ? L[key + ".NoModels"] : L[key + ".Text"];
        if (!await ConfirmDialog.AskAsync(Dialogs, L[key, screen.Name], text, L[key + ".Do"])) return;
        if (await ActorAsync() is not { } viewer) return;
        await Registry.SetModeAsync(screen.ScreenId, mode, viewer);
        await LoadAsync();
    }

    private async Task ChangeModesAsync((IReadOnlyList<Guid> Screens, InferenceMode Mode) change)
    {
        var screens = Board.Now(change.Screens.Select(Directory.Find).OfType<ScreenEntry>()).Where(s => s.Mode != change.Mode).ToList();
        var unable = change.Mode == InferenceMode.Device ? screens.Count(s => s.HasModels == false) : 0;
        var key = "Admin.Screens.Mode.To" + change.Mode;
        var text = unable > 0 ? L["Admin.Screens.Many.NoModels", unable] : L[key + ".Text"];
        if (screens.Count == 0)
        {
            Notes.Add(L["Admin.Screens.Many.None"], Severity.Info);
            return;
        }
        var title = L["Admin.Screens.Many.To" + change.Mode, screens.Count];
        if (!await ConfirmDialog.AskAsync(Dialogs, title, text, L[key + ".Do"]) || await ActorAsync() is not { } viewer) return;
        foreach (var screen in screens) await Registry.SetModeAsync(screen.ScreenId, change.Mode, viewer);
        await LoadAsync();
        Notes.Add(L["Admin.Screens.Many.Done", screens.Count], Severity.Success);
    }

    private async Task RenewAsync(ScreenNow screen)
    {
        if (!await ConfirmDialog.AskAsync(Dialogs, L["Admin.Screens.Renew.Title", screen.Name], L["Admin.Screens.Renew.Text"],
            L["Admin.Screens.Renew"]) || await ActorAsync() is not { } viewer) return;
        var token = await Registry.RenewTokenAsync(screen.ScreenId, viewer);
        await LoadAsync();
        await ShowTokenAsync(screen.Name, token);
    }

    private async Task RevokeAsync(ScreenNow screen)
    {
        if (!await ConfirmDialog.AskAsync(Dialogs, L["Admin.Screens.Revoke.Title", screen.Name], L["Admin.Screens.Revoke.Text"],
            L["Admin.Screens.Revoke"], danger: true) || await ActorAsync() is not { } viewer) return;
        await Registry.RevokeAsync(screen.ScreenId, viewer);
        await LoadAsync();
        Notes.Add(L["Admin.Screens.Revoke.Done", screen.Name], Severity.Success);
    }

    private async Task RevokeManyAsync(IReadOnlyList<Guid> screens)
    {
        if (!await ConfirmDialog.AskAsync(Dialogs, L["Admin.Screens.Many.Revoke", screens.Count], L["Admin.Screens.Revoke.Text"],
            L["Admin.Screens.Revoke"], danger: true) || await ActorAsync() is not { } viewer) return;
        foreach (var screen in screens) await Registry.RevokeAsync(screen, viewer);
        await LoadAsync();
        Notes.Add(L["Admin.Screens.Many.Revoked", screens.Count], Severity.Success);
    }

    // It is shown only here: no key closes it by accident.
    private async Task ShowTokenAsync(string name, string token)
    {
        var parameters = new DialogParameters<TokenDialog>
        {
            { d => d.Token, token }, { d => d.Server, Navigation.BaseUri.TrimEnd('/') },
        };
        var dialog = await Dialogs.ShowAsync<TokenDialog>(
            L["Admin.Screens.Token.Title", name], parameters, new DialogOptions { CloseOnEscapeKey = false });
        await dialog.Result;
    }
}
