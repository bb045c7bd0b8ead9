using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace FaceAd.Web.Components.Charts;

/// <summary>A chart that updates in place when its <see cref="Spec"/> changes, with a table of the same figures below.</summary>
public sealed partial class ApexChart : IAsyncDisposable
{
    private ElementReference _place;
    private IJSObjectReference? _module;
    private IJSObjectReference? _chart;
    private ChartSpec? _drawn;
    private bool _disposed, _isTableOpen;

    /// <summary>What it shows.</summary>
    [Parameter, EditorRequired]
    public ChartSpec Spec { get; set; } = null!;

    [Inject]
    private IJSRuntime Js { get; set; } = null!;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        try
        {
            if (_chart is not null)
            {
                await _chart.InvokeVoidAsync("dispose");
                await _chart.DisposeAsync();
            }
            if (_module is not null) await _module.DisposeAsync();
        }
        catch (Exception exception) when (exception is JSDisconnectedException or OperationCanceledException)
        {
            // The page is gone, and the chart with it; or it has not answered for a minute.
        }
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (ReferenceEquals(_drawn, Spec)) return;
        var spec = Spec;
        _drawn = spec;
        try
        {
            if (firstRender)
            {
                _module = await Js.InvokeAsync<IJSObjectReference>("import", "/" + Assets["js/chart.js"]);
                _chart = await _module.InvokeAsync<IJSObjectReference?>(
                    "create", _place, "/" + Assets["lib/apexcharts.esm.js"], spec, CultureInfo.CurrentUICulture.TwoLetterISOLanguageName);
                if (_disposed) await DisposeAsync();
                else if (!ReferenceEquals(spec, Spec)) await UpdateAsync(Spec);
            }
            else
            {
                await UpdateAsync(spec);
            }
        }
        catch (Exception exception) when (exception is JSDisconnectedException or OperationCanceledException)
        {
            // The page is gone.
        }
    }

    // What began in a step: after its start, and before the next one's.
    private string MarksIn(int step) => string.Join("; ", Spec.Marks.Where(m =>
        (step == 0 || m.From >= Spec.Times![step]) && (step + 1 == Spec.Times!.Count || m.From < Spec.Times[step + 1]))
        .Select(m => m.Text));

    private async Task UpdateAsync(ChartSpec spec)
    {
        _drawn = spec;
        if (_chart is not null && !_disposed) await _chart.InvokeVoidAsync("update", spec);
    }
}
