using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Language;
using FaceAd.Web.Metrics;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Radzen;

namespace FaceAd.Web.Components.Pages.Campaigns.Browse;

/// <summary>
/// The campaigns a user may see, page by page, with figures that update within seconds. The state of the view is in the address.
/// </summary>
public sealed partial class CampaignList : IDisposable
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan DrawTogether = TimeSpan.FromMilliseconds(250);
    private readonly CancellationTokenSource _gone = new();
    private readonly Dictionary<Guid, CampaignSummary> _summaries = [];
    private readonly Dictionary<Guid, IDisposable> _followed = [];
    private readonly HashSet<Guid> _picked = [];
    private IDisposable? _news;
    private Viewer _viewer;
    private CampaignSearch _filter = new();
    private CampaignsFound? _page;
    private IReadOnlyDictionary<CampaignPhase, int>? _counts;
    private Campaign? _undo;
    private bool _redrawSoon;
    private int _bulkKey;

    /// <summary>Part of the name.</summary>
    [SupplyParameterFromQuery]
    public string? Q { get; set; }

    /// <summary>A <see cref="CampaignPhase"/>; an invalid value is ignored, here and below.</summary>
    [SupplyParameterFromQuery]
    public string? State { get; set; }

    /// <summary>Part of the advertiser's name; for administrators.</summary>
    [SupplyParameterFromQuery]
    public string? Advertiser { get; set; }

    /// <summary>Part of a site's name.</summary>
    [SupplyParameterFromQuery]
    public string? Site { get; set; }

    /// <summary>A <see cref="CampaignOrder"/>.</summary>
    [SupplyParameterFromQuery]
    public string? Sort { get; set; }

    /// <summary>Where the page begins.</summary>
    [SupplyParameterFromQuery]
    public string? After { get; set; }

    /// <summary>A campaign that has just been deleted, and can be restored with one click.</summary>
    [SupplyParameterFromQuery]
    public string? Deleted { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    [Inject]
    private CampaignFinder Finder { get; set; } = null!;

    [Inject]
    private CampaignService Service { get; set; } = null!;

    [Inject]
    private CampaignNews News { get; set; } = null!;

    [Inject]
    private MetricsFeed Feed { get; set; } = null!;

    [Inject]
    private MetricsReader Metrics { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private NotificationService Notices { get; set; } = null!;

    [Inject]
    private Display Display { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    private bool Filtered => _filter with { Order = default, After = null } != new CampaignSearch();

    private string Calendar => Navigation.GetUriWithQueryParameters("campaigns/calendar", new Dictionary<string, object?>
    {
        ["q"] = _filter.Search,
        ["state"] = _filter.Phase?.ToString(),
        ["advertiser"] = _filter.Advertiser,
        ["site"] = _filter.Site,
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        _gone.Cancel();
        _news?.Dispose();
        foreach (var subscription in _followed.Values) subscription.Dispose();
        _gone.Dispose();
    }

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        if (RendererInfo.IsInteractive) _news = News.Subscribe(InLanguage.Keep(() => _ = InvokeAsync(ReloadAsync)));
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (Viewer.Of((await Authentication).User) is not { } viewer) return;
        _viewer = viewer;
        var filter = new CampaignSearch
        {
            Search = Some(Q),
            Phase = Enum.TryParse<CampaignPhase>(State, out var phase) && Enum.IsDefined(phase) ? phase : null,
            Advertiser = viewer.IsMediaOwner ? Some(Advertiser) : null,
            Site = Some(Site),
            Order = Enum.TryParse<CampaignOrder>(Sort, out var order) && Enum.IsDefined(order) ? order : default,
            After = CampaignCursor.Read(After),
        };
        // Selected campaigns of another page or filter are no longer visible, so they are deselected: no one changes what they cannot see.
        if (filter != _filter) _picked.Clear();
        _filter = filter;
        _undo = Guid.TryParse(Deleted, out var deleted) ? (await Service.ListDeletedAsync(viewer))
            .FirstOrDefault(c => c.Id == deleted) : null;
        await ReloadAsync();
        await ReadFiguresAsync();
    }

    private async Task ReloadAsync()
    {
        if (_gone.IsCancellationRequested) return;
        var filter = _filter;
        var page = await Finder.ReadAsync(_viewer, filter, Display.Today);
        var counts = await Finder.CountAsync(_viewer, filter, Display.Today);
        if (_gone.IsCancellationRequested || filter != _filter) return;
        (_page, _counts) = (page, counts);
        _picked.IntersectWith(page.Campaigns.Select(c => c.Id));
        if (RendererInfo.IsInteractive) Follow(page.Campaigns);
        StateHasChanged();
    }

    private void Follow(IReadOnlyList<Campaign> campaigns)
    {
        foreach (var gone in _followed.Keys.Except(campaigns.Select(c => c.Id)).ToList())
        {
            _followed.Remove(gone, out var subscription);
            subscription!.Dispose();
        }
        foreach (var id in campaigns.Select(c => c.Id).Where(id => !_followed.ContainsKey(id)))
            _followed[id] = Feed.Subscribe(new(id), InLanguage.Keep<CampaignMetrics>(m => _ = InvokeAsync(() => Take(m))), LookAgain);
    }

    // Campaigns at one site change together, so one render serves them all.
    private async Task Take(CampaignMetrics metrics)
    {
        var summary = CampaignSummary.Of(metrics);
        if (_summaries.GetValueOrDefault(metrics.Query.CampaignId) == summary) return;
        _summaries[metrics.Query.CampaignId] = summary;
        if (_redrawSoon) return;
        _redrawSoon = true;
        await Task.Delay(DrawTogether, Time);
        _redrawSoon = false;
        if (!_gone.IsCancellationRequested) StateHasChanged();
    }

    // As many queries for the page as for one campaign.
    private async Task ReadFiguresAsync()
    {
        if (_page is not { Campaigns.Count: > 0 } page || _gone.IsCancellationRequested) return;
        try
        {
            foreach (var (id, summary) in await Metrics.ReadSummariesAsync([.. page.Campaigns.Select(c => c.Id)], _gone.Token))
                _summaries[id] = summary;
        }
        catch (OperationCanceledException)
        {
            // The page is gone.
        }
    }

    private void Pick(Guid campaign, bool picked)
    {
        if (picked) _picked.Add(campaign);
        else _picked.Remove(campaign);
    }

    private void PickAll(ChangeEventArgs change)
    {
        foreach (var campaign in _page!.Campaigns) Pick(campaign.Id, change.Value is true);
    }

    private async Task BulkDoneAsync(int changed)
    {
        Notices.Notify(NotificationSeverity.Success, L["Book.Bulk.Done", changed]);
        _picked.Clear();
        _bulkKey++;
        await ReloadAsync();
    }

    private async Task UndoAsync()
    {
        if (await Service.RestoreAsync(_viewer, _undo!.Id)) Notices.Notify(NotificationSeverity.Success, L["Book.Restored", _undo.Name]);
        else Notices.Notify(NotificationSeverity.Warning, L["Campaign.TooLate"]);
        Navigation.NavigateTo(Here(deleted: false), replace: true);
    }

    private string Here(CampaignCursor? after = null, CampaignPhase? phase = null, bool keepPhase = true, bool deleted = false) =>
        Navigation.GetUriWithQueryParameters("campaigns", new Dictionary<string, object?>
        {
            ["q"] = _filter.Search,
            ["state"] = (keepPhase ? _filter.Phase : phase)?.ToString(),
            ["advertiser"] = _filter.Advertiser,
            ["site"] = _filter.Site,
            ["sort"] = _filter.Order == default ? null : _filter.Order.ToString(),
            ["after"] = after?.ToString(),
            ["deleted"] = deleted ? Deleted : null,
        });

    private static string? Some(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
