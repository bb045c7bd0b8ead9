using FaceAd.Core;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Language;
using FaceAd.Web.Metrics;
using FaceAd.Web.Players;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using MudBlazor;

namespace FaceAd.Web.Components.Pages.Admin.Sites;

/// <summary>
/// The screens as a table. Which of them are on a page is decided from memory when it is asked for; what stands in their rows follows the
/// screens as they live.
/// </summary>
public sealed partial class ScreenTable
{
    private const int WeekDays = 7;
    private readonly Dictionary<Guid, Row> _known = [];
    private MudDataGrid<Row>? _grid;
    private Dictionary<string, object?> _attributes = [];
    private List<Row> _rows = [];
    private List<ScreenEntry> _page = [];
    private Dictionary<Guid, StoredScreen> _stored = [];
    private IReadOnlyDictionary<Guid, AudienceCount> _today = new Dictionary<Guid, AudienceCount>();
    private IReadOnlyDictionary<Guid, AudienceCount> _week = new Dictionary<Guid, AudienceCount>();
    private HashSet<Row> _chosen = [];
    private IReadOnlySet<string> _hidden = new HashSet<string>();
    private string? _hide;
    private (Guid?, string?) _filter;
    private bool _isRead;
    private (List<ScreenRow> Rows, (HashSet<Row>, int, IReadOnlySet<string>, bool) Other)? _drawn;

    /// <summary>One site only; null for all.</summary>
    [Parameter] public Guid? SiteId { get; set; }

    /// <summary>Name of the only <see cref="ScreenFilter"/>; null for all.</summary>
    [Parameter] public string? State { get; set; }

    /// <summary>Who reads the table.</summary>
    [Parameter, EditorRequired] public Viewer Viewer { get; set; }

    /// <summary>Columns that a saved view hides, comma separated; null for what the browser remembers.</summary>
    [Parameter] public string? Hide { get; set; }

    /// <summary>Whether the user is read-only.</summary>
    [Parameter] public bool ReadOnly { get; set; }

    /// <summary>Called to change where the frames of the chosen screens are analysed.</summary>
    [Parameter] public EventCallback<(IReadOnlyList<Guid> Screens, InferenceMode Mode)> ChangeMode { get; set; }

    /// <summary>Called to revoke the tokens of the chosen screens.</summary>
    [Parameter] public EventCallback<IReadOnlyList<Guid>> Revoke { get; set; }

    private IReadOnlyList<(string Key, string Title)> Choice =>
    [
        ("site", L["Admin.Screens.Site"]), ("showing", L["Admin.Screens.Now"]), ("viewers", L["Admin.Screens.Viewers"]),
        ("today", L["Admin.Screens.Today"]), ("week", L["Admin.Screens.Week"]), ("mode", L["Admin.Screens.Mode"]),
        ("attention", L["Admin.Screens.Attention"]),
    ];

    /// <summary>Decides anew which screens are on the page.</summary>
    public Task ReloadAsync() => _grid?.ReloadServerData() ?? Task.CompletedTask;

    /// <inheritdoc/>
    protected override void OnInitialized() =>
        (_attributes, _filter) = (new() { ["aria-label"] = L["Nav.Screens"].Value }, (SiteId, State));

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (_filter != (SiteId, State))
        {
            _filter = (SiteId, State);
            if (_grid is { CurrentPage: > 0 }) _grid.NavigateTo(Page.First);
            else await ReloadAsync();
        }
        if (Hide != _hide) (_hide, _hidden) = (Hide, (Hide ?? "").Split(',').Intersect(Choice.Select(c => c.Key)).ToHashSet());
        Fill();
    }

    /// <inheritdoc/>
    // The page ticks every second; the table is rendered again only when it would look different.
    protected override bool ShouldRender()
    {
        var (rows, other) = (_rows.ConvertAll(r => r.Text), (_chosen, _chosen.Count, _hidden, _isRead));
        if (_drawn is { } drawn && drawn.Rows.SequenceEqual(rows) && drawn.Other == other) return false;
        _drawn = (rows, other);
        return true;
    }

    private async Task<GridData<Row>> ReadAsync(GridState<Row> state, CancellationToken cancellation)
    {
        var today = Display.Today;
        (_today, _week) = ((await Audience.ReadAsync(null, today, today)).Screens,
            (await Audience.ReadAsync(null, today.AddDays(1 - WeekDays), today)).Screens);
        await using var db = await Contexts.CreateDbContextAsync(cancellation);
        var revoked = State is null ? [] : await db.Screens.Where(s => s.RevokedAt != null).Select(s => s.Id).ToHashSetAsync(cancellation);
        var entries = Directory.All.Where(e => SiteId is null || e.SiteId == SiteId).ToList();
        var screens = entries.Zip(Board.Now(entries))
            .Where(s => State is null || State == $"{StateOf(s.Second, revoked.Contains(s.First.Id))}").ToList();
        var sorted = Sorted(screens, state.SortDefinitions.FirstOrDefault());
        _page = [.. sorted.Skip(state.Page * state.PageSize).Take(state.PageSize).Select(s => s.First)];
        _stored = await StoredScreen.ReadAsync(db, [.. _page.Select(e => e.Id)], Clock.GetUtcNow(), cancellation);
        Fill();
        _isRead = true;
        return new GridData<Row> { Items = _rows, TotalItems = screens.Count };
    }

    private IEnumerable<(ScreenEntry First, ScreenNow Second)> Sorted(
        IEnumerable<(ScreenEntry First, ScreenNow Second)> screens, SortDefinition<Row>? sort)
    {
        Func<(ScreenEntry First, ScreenNow Second), IComparable> key = sort?.SortBy switch
        {
            "Text.Name" => s => s.First.Name,
            "Text.Viewers" => s => s.Second.Viewers,
            "Text.Today" => s => Ots(_today, s.First.Id),
            "Text.Week" => s => Ots(_week, s.First.Id),
            _ => s => s.First.SiteName,
        };
        return sort?.Descending == true ? screens.OrderByDescending(key) : screens.OrderBy(key);
    }

    // A screen keeps its row, whatever is read there: so it stays chosen.
    private void Fill() => _rows = [.. Board.Now(_page).Select(now =>
    {
        var text = TextOf(StoredScreen.View(now, _stored.GetValueOrDefault(now.ScreenId)));
        if (!_known.TryGetValue(text.Id, out var row)) _known.Add(text.Id, row = new Row { Text = text });
        row.Text = text;
        return row;
    })];

    private ScreenRow TextOf(ScreenView screen)
    {
        var id = screen.Now.ScreenId;
        var (colour, state) = ScreenText.State(screen, L, Display);
        var viewers = !screen.Now.Connected ? Display.Dash
            : Directory.Find(id) is { Measurement: true }
                ? ScreenText.Viewers(screen.Now.Segments, L, Display) : L["Admin.Screens.Viewers.Closed"].Value;
        var showing = screen.Now.Connected ? ScreenText.Showing(screen.Now, L) : Display.Dash;
        return new ScreenRow(id, screen.Now.Name, screen.Now.SiteName, colour, state, showing, viewers,
            L[screen.Now.Mode == InferenceMode.Server ? "Admin.Screens.Mode.Server" : "Admin.Screens.Mode.Device.Short"],
            string.Join(" ", ScreenText.Troubles(screen, L)))
        { Today = Ots(_today, id), Week = Ots(_week, id) };
    }

    private async Task ChangeAsync(InferenceMode mode)
    {
        await ChangeMode.InvokeAsync(([.. _chosen.Select(c => c.Text.Id)], mode));
        _chosen = [];
    }

    private async Task RevokeAsync()
    {
        await Revoke.InvokeAsync([.. _chosen.Select(c => c.Text.Id)]);
        _chosen = [];
    }

    private static ScreenFilter StateOf(ScreenNow now, bool isRevoked) =>
        isRevoked ? ScreenFilter.Revoked : now.Connected ? ScreenFilter.Connected : ScreenFilter.Silent;

    private static long Ots(IReadOnlyDictionary<Guid, AudienceCount> counts, Guid screen) => counts.GetValueOrDefault(screen)?.Ots ?? 0;

    private sealed class Row
    {
        public required ScreenRow Text { get; set; }
    }
}
