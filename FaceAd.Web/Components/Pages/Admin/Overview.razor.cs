using System.Globalization;
using FaceAd.Web.Campaigns.Approvals;
using FaceAd.Web.Delivery.Sales;
using FaceAd.Web.Language;
using Microsoft.AspNetCore.Components;

namespace FaceAd.Web.Components.Pages.Admin;

/// <summary>The media owner's home: screens, approvals and plays now, revenue, what is sold, and the running campaigns.</summary>
public sealed partial class Overview
{
    private readonly CancellationTokenSource _gone = new();
    private Metrics.Overview? _now;
    private ScreenSums? _screens;
    private Revenue? _revenue;
    private SalesPage? _sales;
    private int _salesOf = -1;
    private IDisposable? _board, _news, _figures;
    private bool _loading;

    /// <summary>"ahead" for what is booked; anything else for what was filled.</summary>
    [SupplyParameterFromQuery] public string? Sales { get; set; }

    /// <summary>Page of buildings, from 1.</summary>
    [SupplyParameterFromQuery(Name = "page")] public string? SalesPage { get; set; }

    private bool IsAhead => Sales == "ahead";

    private int PageNumber =>
        int.TryParse(SalesPage, NumberStyles.None, CultureInfo.InvariantCulture, out var page) && page is > 0 and < 10_000 ? page - 1 : 0;

    private IEnumerable<string> Kinds(WaitingCounts waiting)
    {
        if (waiting.Campaigns > 0) yield return L["Admin.Overview.Waiting.Campaigns", waiting.Campaigns];
        if (waiting.Creatives > 0) yield return L["Admin.Overview.Waiting.Creatives", waiting.Creatives];
        if (waiting.Requests > 0) yield return L["Admin.Overview.Waiting.Requests", waiting.Requests];
    }

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
            _board = Attention.Subscribe(InLanguage.Keep<ScreenSums>(screens => _ = InvokeAsync(() => Show(screens))));
            _news = News.Subscribe(InLanguage.Keep(() => _ = InvokeAsync(() => LoadAsync())));
            _figures = Feed.Subscribe(InLanguage.Keep<Metrics.Overview>(overview => _ = InvokeAsync(() => LoadAsync(overview))));
        }
        _screens = await Attention.ReadAsync(_gone.Token);
        await LoadAsync();
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (_salesOf == PageNumber) return;
        _salesOf = PageNumber;
        _sales = await Reader.ReadAsync(Display.Today, _salesOf, _gone.Token);
        _revenue ??= await Revenues.ReadAsync(Display.Today, _gone.Token);
    }

    // Shows the feed's overview as it is: reading it again would compute it more often than the feed does.
    private async Task LoadAsync(Metrics.Overview? overview = null)
    {
        if (_loading || _gone.IsCancellationRequested) return;
        _loading = true;
        try
        {
            _now = overview ?? await Feed.ReadAsync(_gone.Token);
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
        StateHasChanged();
    }

    private void Show(ScreenSums screens)
    {
        if (_gone.IsCancellationRequested) return;
        _screens = screens;
        StateHasChanged();
    }
}
