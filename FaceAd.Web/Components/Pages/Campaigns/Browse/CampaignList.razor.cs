using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Data;
using FaceAd.Web.Language;
using FaceAd.Web.Metrics;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace FaceAd.Web.Components.Pages.Campaigns.Browse;

/// <summary>
/// The campaigns a user may see, page by page, with figures that update within seconds. The state of the view is in the address, and each
/// change of it is a link: what is chosen before the circuit is there counts, too.
/// </summary>
public sealed partial class CampaignList : IDisposable
{
    private static readonly int[] Sizes = [20, 50, 100];
    private static readonly IEqualityComparer<Campaign> ById =
        EqualityComparer<Campaign>.Create((a, b) => a?.Id == b?.Id, c => c.Id.GetHashCode());
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan DrawTogether = TimeSpan.FromMilliseconds(250);
    private readonly CancellationTokenSource _gone = new();
    private readonly Dictionary<Guid, CampaignSummary> _summaries = [];
    private readonly Dictionary<Guid, IDisposable> _followed = [];
    private IDisposable? _news;
    private Viewer _viewer;
    private CampaignSearch _filter = new();
    private DayRange _days;
    private CampaignSort _sort;
    private bool _ascending;
    private IReadOnlyList<Campaign>? _campaigns;
    private int _skip, _total;
    private HashSet<Campaign> _picked = new(ById);
    private IReadOnlySet<string> _hidden = new HashSet<string>();
    private string? _hide;
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

    /// <summary>Id of the advertiser; for administrators.</summary>
    [SupplyParameterFromQuery]
    public string? Advertiser { get; set; }

    /// <summary>Id of a building.</summary>
    [SupplyParameterFromQuery]
    public string? Site { get; set; }

    /// <summary>First day of those on which it runs, as yyyy-MM-dd.</summary>
    [SupplyParameterFromQuery]
    public string? From { get; set; }

    /// <summary>Last day of those on which it runs, as yyyy-MM-dd.</summary>
    [SupplyParameterFromQuery]
    public string? To { get; set; }

    /// <summary>A <see cref="CampaignSort"/>.</summary>
    [SupplyParameterFromQuery]
    public string? Sort { get; set; }

    /// <summary>"asc" or "desc"; otherwise what suits the column.</summary>
    [SupplyParameterFromQuery]
    public string? Order { get; set; }

    /// <summary>Number of the page, from 1.</summary>
    [SupplyParameterFromQuery(Name = "page")]
    public string? Number { get; set; }

    /// <summary>Campaigns per page, one of <see cref="Sizes"/>.</summary>
    [SupplyParameterFromQuery]
    public string? Size { get; set; }

    /// <summary>Columns that a saved view hides, comma separated; null for what the browser remembers.</summary>
    [SupplyParameterFromQuery]
    public string? Hide { get; set; }

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
    private Display Display { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    private bool Filtered => _filter != new CampaignSearch();

    private int CampaignsOfAPage => int.TryParse(Size, out var size) && Sizes.Contains(size) ? size : Sizes[0];

    private int Page => (_skip / CampaignsOfAPage) + 1;

    private string Calendar => Navigation.GetUriWithQueryParameters("campaigns/calendar", new Dictionary<string, object?>
    {
        ["q"] = _filter.Search,
        ["state"] = _filter.Phase?.ToString(),
        ["advertiser"] = _filter.AdvertiserId,
        ["site"] = _filter.SiteId,
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
        _days = DayRange.Read(From, To);
        var filter = new CampaignSearch
        {
            Search = StorableText.Trimmed(Q),
            Phase = Enum.TryParse<CampaignPhase>(State, out var phase) && Enum.IsDefined(phase) ? phase : null,
            AdvertiserId = viewer.IsMediaOwner && Guid.TryParse(Advertiser, out var advertiser) ? advertiser : null,
            SiteId = Guid.TryParse(Site, out var site) ? site : null,
            From = _days.Bounded.From,
            To = _days.Bounded.To,
        };
        _sort = Enum.TryParse<CampaignSort>(Sort, out var sort) && Sorts.Contains(sort) ? sort : default;
        _ascending = Order == "asc" || (Order != "desc" && IsText(_sort));
        if (Hide != _hide) (_hide, _hidden) = (Hide, (Hide ?? "").Split(',').Intersect(Columns.Select(c => c.Key)).ToHashSet());
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
        var asked = (_filter, _sort, _ascending, Number, size: CampaignsOfAPage);
        var counts = await Finder.CountAsync(_viewer, _filter, Display.Today);
        var total = _filter.Phase is { } phase ? counts.GetValueOrDefault(phase) : counts.Values.Sum();
        var last = Math.Max(0, (total - 1) / asked.size);
        var skip = (int.TryParse(Number, out var number) && number > 1 ? Math.Min(number - 1, last) : 0) * asked.size;
        var campaigns = await Finder.ReadAsync(_viewer, _filter, _sort, !_ascending, Display.Today, skip, asked.size);
        if (_gone.IsCancellationRequested || asked != (_filter, _sort, _ascending, Number, CampaignsOfAPage)) return;
        (_campaigns, _counts, _skip, _total) = (campaigns, counts, skip, total);
        _picked = campaigns.Where(_picked.Contains).ToHashSet(ById);
        if (RendererInfo.IsInteractive) Follow(campaigns);
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
        if (_campaigns is not { Count: > 0 } campaigns || _gone.IsCancellationRequested) return;
        try
        {
            foreach (var (id, summary) in await Metrics.ReadSummariesAsync([.. campaigns.Select(c => c.Id)], _gone.Token))
                _summaries[id] = summary;
        }
        catch (OperationCanceledException)
        {
            // The page is gone.
        }
    }

    private void Pick(HashSet<Campaign>? picked) => _picked = (picked ?? []).ToHashSet(ById);

    private async Task BulkDoneAsync(int changed)
    {
        Notes.Add(L["Book.Bulk.Done", changed], Severity.Success);
        _picked.Clear();
        _bulkKey++;
        await ReloadAsync();
    }

    private async Task UndoAsync()
    {
        if (await ActorAsync() is not { } actor) return;
        if (await Service.RestoreAsync(actor, _undo!.Id)) Notes.Add(L["Book.Restored", _undo.Name], Severity.Success);
        else Notes.Add(L["Campaign.TooLate"], Severity.Warning);
        Navigation.NavigateTo(Here(), replace: true);
    }

    private string Here(params (string Key, object? Value)[] changes) => CampaignFilterBar.Address(Navigation, changes);
}
