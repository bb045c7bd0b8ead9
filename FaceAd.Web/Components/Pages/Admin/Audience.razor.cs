using System.Globalization;
using FaceAd.Web.Components.Charts;
using FaceAd.Web.Data;
using FaceAd.Web.Language;
using FaceAd.Web.Metrics;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.Components;

namespace FaceAd.Web.Components.Pages.Admin;

/// <summary>Opportunities to see, watchers, dwell time and attention at the media owner's sites.</summary>
public sealed partial class Audience
{
    private const int DaysAtFirst = 7;
    private const int MostScreens = 50;
    private DateOnly _from;
    private DateOnly _to;
    private DayRange _days;
    private Guid? _site;
    private AudienceFigures? _figures;
    private ChartSpec? _hours;

    /// <summary>First day, yyyy-MM-dd; an invalid value is ignored.</summary>
    [SupplyParameterFromQuery]
    public string? From { get; set; }

    /// <summary>Last day.</summary>
    [SupplyParameterFromQuery]
    public string? To { get; set; }

    /// <summary>One site.</summary>
    [SupplyParameterFromQuery]
    public string? Site { get; set; }

    [Inject]
    private AudienceFiguresReader Reader { get; set; } = null!;

    [Inject]
    private ScreenDirectory Screens { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private Display Display { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        var asked = DayRange.Read(From, To).Bounded;
        _to = asked.To ?? Display.Today;
        _from = asked.From ?? _to.AddDays(1 - DaysAtFirst);
        _days = new(_from, _to);
        _site = Guid.TryParse(Site, out var site) && Screens.All.Any(s => s.SiteId == site) ? site : null;
        if (_days.IsReversed) return;
        _figures = await Reader.ReadAsync(_site, _from, _to);
        _hours = new ChartSpec
        {
            Kind = ChartKind.Columns,
            Title = L["Admin.Audience.Hours"],
            Across = L["Chart.Hour"],
            Up = L["Chart.Times"],
            Labels = [.. Enumerable.Range(0, 24).Select(hour => hour.ToString("00", CultureInfo.InvariantCulture))],
            Series = [
                new(L["Admin.Audience.Ots"], "--accent", [.. _figures.Hours.Select(h => (double?)h.Ots)]),
                new(L["Views.Watchers"], "--amber", [.. _figures.Hours.Select(h => (double?)h.Watchers)]),
            ],
        };
    }

    private IEnumerable<(string Title, IEnumerable<(string Name, AudienceCount Count)> Rows)> Tables(AudienceFigures f)
    {
        yield return ("Admin.Audience.Segments", f.Segments.Select(s => (Display.Segment(s.Segment), s.Count)));
        yield return ("Admin.Audience.Screens", f.Screens.OrderByDescending(s => s.Value.Ots).ThenBy(s => s.Key).Take(MostScreens)
            .Select(s => (Screens.Find(s.Key) is { } screen ? $"{screen.SiteName}, {screen.Name}" : Display.Dash, s.Value)));
    }

    private void Go(DateTime? from = null, DateTime? to = null) =>
        Open(from is { } first ? DateOnly.FromDateTime(first) : _from, to is { } last ? DateOnly.FromDateTime(last) : _to, _site);

    private void Only(Guid? site) => Open(_from, _to, site);

    private void Open(DateOnly from, DateOnly to, Guid? site) =>
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameters("admin/audience", new Dictionary<string, object?>
        {
            ["from"] = from.Iso(),
            ["to"] = to.Iso(),
            ["site"] = site,
        }));
}
