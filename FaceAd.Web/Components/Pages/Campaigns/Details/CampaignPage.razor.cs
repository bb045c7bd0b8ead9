using System.Globalization;
using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using FaceAd.Web.Delivery;
using FaceAd.Web.Language;
using FaceAd.Web.Metrics;
using FaceAd.Web.Reports;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Components.Pages.Campaigns.Details;

/// <summary>One campaign: its terms, why it is or is not showing, and its live figures.</summary>
public sealed partial class CampaignPage : IDisposable
{
    private const int MostNamed = 5;
    private readonly CancellationTokenSource _gone = new();
    private readonly List<IDisposable> _subscriptions = [];
    private Viewer _viewer;
    private Campaign? _campaign;
    private MetricsQuery _query = new(Guid.Empty);
    private IDisposable? _figures;
    private CampaignMetrics? _metrics;
    private PersonFigures? _persons;
    private DeliveryStatus? _showing;
    private List<Site> _sites = [];
    private SiteCalendar _calendar = SiteCalendar.Default;

    /// <summary>The campaign.</summary>
    [Parameter]
    public Guid Id { get; set; }

    /// <summary>First day of the figures, yyyy-MM-dd; an invalid value is ignored, here and below.</summary>
    [SupplyParameterFromQuery]
    public string? From { get; set; }

    /// <summary>Last day of the figures.</summary>
    [SupplyParameterFromQuery]
    public string? To { get; set; }

    /// <summary>One site of the campaign.</summary>
    [SupplyParameterFromQuery]
    public string? Site { get; set; }

    /// <summary>One screen of the campaign.</summary>
    [SupplyParameterFromQuery]
    public string? Screen { get; set; }

    /// <summary>One creative of the campaign.</summary>
    [SupplyParameterFromQuery]
    public string? Creative { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    [Inject]
    private CampaignService Service { get; set; } = null!;

    [Inject]
    private AuditLog Audit { get; set; } = null!;

    [Inject]
    private CampaignNews News { get; set; } = null!;

    [Inject]
    private MetricsFeed Feed { get; set; } = null!;

    [Inject]
    private DeliveryStatusReader Showing { get; set; } = null!;

    [Inject]
    private DeliveryStatusFeed ShowingNews { get; set; } = null!;

    [Inject]
    private IDbContextFactory<FaceAdDbContext> Contexts { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private Display Display { get; set; } = null!;

    [Inject]
    private ScheduleText Words { get; set; } = null!;

    [Inject]
    private ScreenDirectory Screens { get; set; } = null!;

    private bool OnlyKids => _campaign?.Targets is [Segment.Kids];

    /// <inheritdoc/>
    public void Dispose()
    {
        _gone.Cancel();
        foreach (var subscription in _subscriptions) subscription.Dispose();
        _figures?.Dispose();
        _gone.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        if (Viewer.Of((await Authentication).User) is not { } viewer || await Service.FindAsync(viewer, Id) is not { } campaign)
        {
            Navigation.NotFound();
            return;
        }
        _viewer = viewer;
        if (viewer.IsMediaOwner && campaign.OrganisationId != viewer.OrganisationId)
            await Audit.LookedAsync(viewer, AuditVerb.FiguresViewed, AuditSubject.Campaign, campaign.Id, campaign.Name);
        if (RendererInfo.IsInteractive)
        {
            // Before the first read, so that no change is missed.
            _subscriptions.Add(ShowingNews.Subscribe(Id, InLanguage.Keep<DeliveryStatus>(showing => _ = InvokeAsync(() => Take(showing)))));
            _subscriptions.Add(News.Subscribe(InLanguage.Keep(() => _ = InvokeAsync(ReloadAsync))));
        }
        await using (var db = await Contexts.CreateDbContextAsync())
            _sites = await db.Sites.AsNoTracking().OrderBy(s => s.CreatedAt).ToListAsync();
        if (Sites(campaign) is [var first, ..]) _calendar = first.Calendar();
        _showing = await Showing.WhyAsync(Id);
        _campaign = campaign;
        await LookAtAsync(Asked(campaign));
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (_campaign is { } campaign && Asked(campaign) is var asked && asked != _query) await LookAtAsync(asked);
    }

    private async Task LookAtAsync(MetricsQuery query)
    {
        _query = query;
        _figures?.Dispose();
        // Before the first read, so that no change is missed.
        if (RendererInfo.IsInteractive)
            _figures = Feed.Subscribe(query, InLanguage.Keep<CampaignMetrics>(metrics => _ = InvokeAsync(() => Take(metrics))));
        Take(await Feed.ReadAsync(query));
    }

    /// <summary>The query in the address, restricted to the campaign's own parts.</summary>
    private MetricsQuery Asked(Campaign campaign) => new(Id)
    {
        From = ReportAddress.Day(From),
        To = ReportAddress.Day(To),
        SiteId = Guid.TryParse(Site, out var site) && Sites(campaign).Any(s => s.Id == site) ? site : null,
        ScreenId = Guid.TryParse(Screen, out var screen) && ScreensOf(campaign, null).Any(s => s.Id == screen) ? screen : null,
        CreativeId = Guid.TryParse(Creative, out var creative) && campaign.Creatives.Any(c => c.Id == creative) ? creative : null,
    };

    private List<ScreenEntry> ScreensOf(Campaign campaign, Guid? site) =>
        [.. Screens.All.Where(s => Targeting.RunsAt(campaign.SiteIds, s.SiteId) && (site is null || s.SiteId == site))];

    // Ignores an outdated answer: the feed may have been faster than the first read.
    private void Take(CampaignMetrics metrics)
    {
        if (_gone.IsCancellationRequested || metrics.Query != _query
            || (metrics.Query == _metrics?.Query && metrics.ComputedAt < _metrics.ComputedAt)) return;
        _metrics = metrics;
        _persons = SmallCounts.Of(metrics, _viewer.IsMediaOwner);
        StateHasChanged();
    }

    private void Take(DeliveryStatus showing)
    {
        if (_gone.IsCancellationRequested || showing == _showing) return;
        _showing = showing;
        StateHasChanged();
    }

    private async Task ReloadAsync()
    {
        if (_gone.IsCancellationRequested) return;
        if (await Service.FindAsync(_viewer, Id) is not { } campaign)
        {
            // Deleted: the list says so, and offers to restore it.
            if (!_gone.IsCancellationRequested) Navigation.NavigateTo($"campaigns?deleted={Id}");
            return;
        }
        _campaign = campaign;
        _showing = await Showing.WhyAsync(Id);
        if (!_gone.IsCancellationRequested) StateHasChanged();
    }

    private List<Site> Sites(Campaign campaign) => [.. _sites.Where(s => Targeting.RunsAt(campaign.SiteIds, s.Id))];

    private string SiteNames(Campaign campaign) =>
        campaign.SiteIds.Length == 0 ? L["Campaign.AllSites"]
        : campaign.SiteIds.Length > MostNamed
            ? L["Book.Sites", campaign.SiteIds.Length] : string.Join(", ", Sites(campaign).Select(s => s.Name));

    private string Price(Campaign campaign) => campaign.PriceModel == PriceModel.Flat
        ? L["Campaign.PriceFlat", Display.Krw(campaign.BudgetKrw)]
        : L["Campaign.PricePerThousand", Display.Krw(campaign.PricePerThousandKrw), Display.Krw(campaign.BudgetKrw)];

    private string Figure(PersonFigure figure, Func<double?, string> write) =>
        figure.Few ? L["Campaign.Few", SmallCounts.Step] : write(figure.Value);

    private static string Plain(double? count) => count?.ToString("0", CultureInfo.InvariantCulture) ?? Display.Dash;

    private static string? Small(PersonFigure figure) => figure.Few ? "few" : null;
}
