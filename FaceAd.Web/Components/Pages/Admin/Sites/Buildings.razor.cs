using FaceAd.Web.Data;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using MudBlazor;

namespace FaceAd.Web.Components.Pages.Admin.Sites;

/// <summary>The buildings: their screens, consent and audience.</summary>
public sealed partial class Buildings
{
    private const int WeekDays = 7;
    private MudDataGrid<Building>? _grid;
    private Dictionary<string, object?> _attributes = [];
    private IReadOnlySet<string> _hidden = new HashSet<string>();
    private string? _text;
    private bool? _measured;
    private bool _isRead;

    private IReadOnlyList<(string Key, string Title)> Choice =>
    [
        ("address", L["Admin.Screens.Address"]), ("today", L["Admin.Screens.Today"]), ("week", L["Admin.Screens.Week"]),
        ("consent", L["Admin.Privacy.Consent"]),
    ];

    /// <inheritdoc/>
    protected override void OnInitialized() => _attributes = new() { ["aria-label"] = L["Admin.Buildings"].Value };

    private protected override Task LoadAsync() => _grid?.ReloadServerData() ?? Task.CompletedTask;

    private async Task<GridData<Building>> ReadAsync(GridState<Building> state, CancellationToken cancellation)
    {
        var today = Display.Today;
        var screens = Directory.All.GroupBy(e => e.SiteId).ToDictionary(g => g.Key, g => g.Select(e => e.Id).ToList());
        async Task<Func<Guid, long>> OtsAsync(DateOnly from)
        {
            var counts = (await Audience.ReadAsync(null, from, today)).Screens;
            return site => screens.GetValueOrDefault(site)?.Sum(s => counts.GetValueOrDefault(s)?.Ots ?? 0) ?? 0;
        }
        var (ofDay, ofWeek) = (await OtsAsync(today), await OtsAsync(today.AddDays(1 - WeekDays)));
        await using var db = await Contexts.CreateDbContextAsync(cancellation);
        var rows = db.Sites.AsNoTracking();
        if (Sql.Pattern(_text) is { } words)
            rows = rows.Where(s => EF.Functions.ILike(s.Name, words, @"\") || EF.Functions.ILike(s.Address, words, @"\"));
        if (_measured is { } measured)
            rows = rows.Where(s => (s.Measurement && s.ConsentAt != null && s.Notice.Trim() != "") == measured);
        // Some figures are in memory only, so all are sorted there, by little more than their identities.
        var found = await rows.Select(s => new { s.Id, s.Name, s.Address }).ToListAsync(cancellation);
        var sort = state.SortDefinitions.FirstOrDefault();
        var ids = Sorted(found, s => sort?.SortBy switch
        {
            "Site.Address" => s.Address,
            "Screens" => screens.GetValueOrDefault(s.Id)?.Count ?? 0,
            "Today" => ofDay(s.Id),
            "Week" => ofWeek(s.Id),
            _ => s.Name,
        }, sort?.Descending == true).Skip(state.Page * state.PageSize).Take(state.PageSize).Select(s => s.Id).ToArray();
        var page = await db.Sites.AsNoTracking().Where(s => ids.Contains(s.Id)).ToDictionaryAsync(s => s.Id, cancellation);
        _isRead = true;
        return new GridData<Building>
        {
            TotalItems = found.Count,
            Items = [.. ids.Select(page.GetValueOrDefault).OfType<Site>()
                .Select(s => new Building(s, screens.GetValueOrDefault(s.Id)?.Count ?? 0, ofDay(s.Id), ofWeek(s.Id)))],
        };
    }

    private static IEnumerable<T> Sorted<T>(IEnumerable<T> rows, Func<T, IComparable> key, bool descending) =>
        descending ? rows.OrderByDescending(key) : rows.OrderBy(key);

    private Task SearchAsync(string? text)
    {
        _text = text;
        return FirstPageAsync();
    }

    private Task OnlyAsync(bool? measured)
    {
        _measured = measured;
        return FirstPageAsync();
    }

    private Task FirstPageAsync()
    {
        if (_grid is not { CurrentPage: > 0 }) return LoadAsync();
        _grid.NavigateTo(Page.First);
        return Task.CompletedTask;
    }

    private string TextOf(bool? measured) => L[measured switch
    {
        null => "Filter.All",
        true => "Admin.Screens.Measurement.On",
        false => "Admin.Screens.Measurement.Off",
    }];

    private sealed record Building(Site Site, int Screens, long Today, long Week);
}
