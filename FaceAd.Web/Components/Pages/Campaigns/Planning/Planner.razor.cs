using FaceAd.Core.Decisions;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Components.Charts;
using FaceAd.Web.Components.Pages.Campaigns.Form;
using FaceAd.Web.Data;
using FaceAd.Web.Language;
using FaceAd.Web.Metrics.Forecasts;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.JSInterop;

namespace FaceAd.Web.Components.Pages.Campaigns.Planning;

/// <summary>Forecasts plans as they are entered. The address holds the plan, so that it can be saved and shared.</summary>
public sealed partial class Planner : IDisposable
{
    /// <summary>Price of a thousand target impressions until another is entered, KRW.</summary>
    public const long UsualPriceKrw = 10_000;

    private const long UsualBudgetKrw = 1_000_000;
    private const int MostKept = 4;
    private const int Steps = 10;
    private static readonly double[] Goals = [0.25, 0.5, 0.6, 0.75, 0.9];

    private readonly List<Kept> _kept = [];
    private List<FlightRow> _rows = [];
    private Viewer _viewer;
    private CampaignDraft? _draft;
    private DayRange _days;
    private List<Site> _sites = [];
    private IReadOnlyList<SiteGroup> _groups = [];
    private string _budget = "";
    private string _price = "";
    private Forecast? _forecast;
    private ChartSpec? _curve;
    private IReadOnlyList<(double Share, double? Impressions)> _needs = [];
    private IReadOnlyDictionary<Guid, string>? _names;
    private bool _tooMany;
    private int _looks;

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    [Inject]
    private SiteGroups Groups { get; set; } = null!;

    [Inject]
    private ForecastReader Forecasts { get; set; } = null!;

    [Inject]
    private IDbContextFactory<FaceAdDbContext> Contexts { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private IJSRuntime Js { get; set; } = null!;

    [Inject]
    private ScheduleText Words { get; set; } = null!;

    [Inject]
    private Display Display { get; set; } = null!;

    private string Address => Navigation.ToAbsoluteUri("planner" + (_draft is { } draft ? PlanQuery.Of(draft) : "")).ToString();

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        if (Viewer.Of((await Authentication).User) is not { } viewer) return;
        _viewer = viewer;
        Navigation.LocationChanged += OnMoved;
        await using (var db = await Contexts.CreateDbContextAsync())
            _sites = await db.Sites.AsNoTracking().OrderBy(s => s.Name).ToListAsync();
        _groups = await Groups.ListAsync();
        await OpenAsync();
    }

    /// <summary>Ends the subscription.</summary>
    public void Dispose() => Navigation.LocationChanged -= OnMoved;

    // A saved plan, or one that is compared.
    private void OnMoved(object? sender, LocationChangedEventArgs e)
    {
        if (new Uri(e.Location).AbsolutePath == "/planner") _ = InvokeAsync(async () => { await OpenAsync(); StateHasChanged(); });
    }

    private async Task OpenAsync()
    {
        _days = PlanQuery.Days(Navigation.Uri);
        var draft = PlanQuery.Read(Navigation.Uri, Display.Today);
        PlanQuery.Keep(draft, _sites, _groups);
        if (draft.BudgetKrw == 0) draft.BudgetKrw = UsualBudgetKrw;
        (draft.PriceModel, draft.PricePerThousandKrw) = (PriceModel.PerThousand, draft.PricePerThousandKrw ?? UsualPriceKrw);
        _rows = [.. draft.Plan.Flights.Select(FlightRow.Of)];
        (_budget, _price) = (KrwText.Write(draft.BudgetKrw), KrwText.Write(draft.PricePerThousandKrw.Value));
        _draft = draft;
        await ForecastAsync();
    }

    private async Task ChangedAsync()
    {
        if (_draft is not { } draft) return;
        _days = default; // there are others now
        if (_rows.TrueForAll(r => r.IsWhole)) draft.Take(FlightPlan.Of(_rows.Select(r => new Flight(r.Starts!.Value, r.Ends!.Value))));
        (draft.BudgetKrw, draft.PricePerThousandKrw) = (KrwText.Read(_budget), KrwText.Read(_price));
        await ForecastAsync();
        // Not by navigation, which would move the focus.
        await Js.InvokeVoidAsync("history.replaceState", null, "", Address);
    }

    // The latest input wins.
    private async Task ForecastAsync()
    {
        if (_draft is not { } draft || !RendererInfo.IsInteractive) return;
        var look = ++_looks;
        var sites = SiteGroups.Together(draft.SiteIds, _groups.Where(g => draft.GroupIds.Contains(g.Id)));
        _tooMany = sites.Length > ForecastReader.MostSites;
        var forecaster = Plans.Of(draft, null, sites, Display.Today) is { } plan ? await Forecasts.ReadAsync(plan) : null;
        if (look != _looks) return;
        _forecast = forecaster?.Make();
        _names = _forecast is { } forecast && _viewer.IsMediaOwner ? await Forecasts.NamesAsync(forecast) : null;
        var shown = Shown(_forecast);
        _needs = shown is null ? [] : [.. Goals.Select(share => (share, forecaster!.ImpressionsFor(share)))];
        // Without anybody left to reach, there is nothing to choose from.
        _curve = shown is null || forecaster!.Curve(Steps) is not [.., { Impressions: >= 1 }] curve ? null : CurveOf(curve);
    }

    private ChartSpec CurveOf(IReadOnlyList<ReachPoint> points) => ChartSpec.Newer(_curve, new ChartSpec
    {
        Kind = ChartKind.Columns,
        Title = L["Plan.Curve"],
        Across = L["Plan.CurveAcross"],
        Up = L["Plan.CurveUp"],
        Labels = [.. points.Skip(1).Select(p => Display.Krw(RoundUp(CostOf(p.Impressions))))],
        Series =
        [
            new(L["Campaign.Reach"], "--info",
                [.. points.Skip(1).Select(p => p.Reach is { } reach ? Math.Round(reach.Value * 100, 1) : (double?)null)]),
        ],
        Height = 240,
    });

    private double CostOf(double impressions) => impressions * (_draft!.PricePerThousandKrw ?? UsualPriceKrw) / 1000;

    // Two digits: it is no bill.
    private static double RoundUp(double krw)
    {
        var step = krw < 100 ? 1 : Math.Pow(10, Math.Floor(Math.Log10(krw)) - 1);
        return Math.Ceiling(krw / step) * step;
    }

    private ReachForecast? Shown(Forecast? forecast) => forecast?.ShownReach(_viewer.IsMediaOwner);

    private void Keep()
    {
        if (_draft is not { } draft || _forecast is not { } forecast || _kept.Count >= MostKept) return;
        var places = draft.SiteIds.Count + draft.GroupIds.Count;
        var where = places == 0 ? L["Campaign.AllSites"].Value
            : string.Join(", ", _groups.Where(g => draft.GroupIds.Contains(g.Id)).Select(g => g.Name)
                .Concat(_sites.Where(s => draft.SiteIds.Contains(s.Id)).Select(s => s.Name)).Take(2)) + (places > 2 ? " …" : "");
        var name = $"{string.Join(", ", draft.Targets.Select(Display.Segment))} · {where} · {Display.Flights(draft.Plan)}";
        _kept.Add(new Kept(name, Address, draft.BudgetKrw, forecast));
    }

    private sealed record Kept(string Name, string Address, long BudgetKrw, Forecast Forecast);
}
