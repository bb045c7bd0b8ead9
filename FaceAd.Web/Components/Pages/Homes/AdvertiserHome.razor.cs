using System.Globalization;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Components.Charts;
using FaceAd.Web.Delivery;
using FaceAd.Web.Delivery.Sales;
using FaceAd.Web.Language;
using FaceAd.Web.Metrics;
using Microsoft.AspNetCore.Components;

namespace FaceAd.Web.Components.Pages.Homes;

/// <summary>An advertiser's home.</summary>
public sealed partial class AdvertiserHome
{
    private const int MostPaced = 12;
    private const int DaysAtFirst = 28;
    private static readonly int[] Choices = [7, DaysAtFirst, 90];
    private Spend? _spend;
    private IReadOnlyList<Attention>? _attention;
    private IReadOnlyList<TrendDay>? _trend;
    private ChartSpec? _chart;
    private int _days;

    /// <summary>The advertiser.</summary>
    [Parameter, EditorRequired] public Viewer Viewer { get; set; }

    /// <summary>Days of the trend: 7, 28 or 90; anything else is 28.</summary>
    [Parameter] public string? Days { get; set; }

    [Inject] private SpendReader Reader { get; set; } = null!;

    [Inject] private AttentionReader Attention { get; set; } = null!;

    [Inject] private Display Display { get; set; } = null!;

    private bool IsEmpty =>
        _spend!.Campaigns.Count == 0 && _attention!.Count == 0 && _trend!.All(d => d is { Impressions: 0, SpendKrw: 0 });

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        var today = Display.Today;
        var days = Choices.FirstOrDefault(c => Days == c.ToString(CultureInfo.InvariantCulture), DaysAtFirst);
        if (_spend is null)
        {
            var spend = await Reader.ReadAsync(Viewer, today);
            _attention = await Attention.ReadAsync(Viewer, today, spend);
            _spend = spend;
        }
        if (days == _days) return;
        (_days, _trend) = (days, await Reader.TrendAsync(Viewer, today, days));
        _chart = Chart(_trend);
    }

    private ChartSpec Chart(IReadOnlyList<TrendDay> trend) => new()
    {
        Kind = ChartKind.Time,
        Title = L["Home.Trend"],
        Labels = [.. trend.Select(d => Display.Day(d.Day))],
        Times = [.. trend.Select(d => new DateTimeOffset(d.Day.ToDateTime(default), TimeSpan.Zero).ToUnixTimeMilliseconds())],
        Up = L["Home.Trend.Impressions"],
        SecondUp = L["Home.Trend.SpendKrw"],
        Series =
        [
            new(L["Home.Trend.Impressions"], "--accent", [.. trend.Select(d => (double?)d.Impressions)]),
            new(L["Home.Trend.SpendKrw"], "--amber", [.. trend.Select(d => (double?)d.SpendKrw)], Line: true, SecondScale: true),
        ],
    };

    private IEnumerable<(string Key, double? Krw, string Note)> Tiles(Spend spend)
    {
        var running = spend.Campaigns.Count;
        yield return ("committed", running == 0 ? null : spend.CommittedKrw, L["Home.Spend.Committed", running]);
        yield return ("accrued", running == 0 ? null : spend.AccruedKrw, L["Home.Spend.Accrued",
            Display.Percent(running == 0 ? null : (double)spend.AccruedKrw / spend.CommittedKrw, 0)]);
        yield return ("projected", spend.ProjectedKrw, spend.TooEarly == 0
            ? L["Home.Spend.Projected"] : L["Home.Spend.ProjectedWithout", spend.TooEarly]);
    }

    private string Sentence(Pacing p) => p switch
    {
        { State: PacingState.NotStarted } => "",
        { Goal: null } => L["Home.Pacing.NoGoal", Display.Count(p.Delivered)],
        { State: PacingState.TooEarly } => L["Pacing.TooEarly", CostFigures.Least],
        { State: PacingState.Delivered } => L["Pacing.Delivered", Display.Count(p.Goal.Value)],
        _ => L["Home.Pacing.Against", Display.Count(p.Delivered), Display.Count((long)p.Planned!.Value), Display.Percent(p.Index, 0)],
    };
}
