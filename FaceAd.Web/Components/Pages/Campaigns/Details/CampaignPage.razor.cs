using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using FaceAd.Web.Delivery;
using FaceAd.Web.Language;
using FaceAd.Web.Metrics;
using FaceAd.Web.Metrics.Comparisons;
using FaceAd.Web.Metrics.Forecasts;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Components.Pages.Campaigns.Details;

/// <summary>One campaign: its terms, why it is or is not showing, and its live figures.</summary>
public sealed partial class CampaignPage : IDisposable
{
    private const int MostNamed = 5;
    private readonly CancellationTokenSource _gone = new();
    private readonly List<IDisposable> _subscriptions = [];
    private Viewer _signedIn;
    private Viewer _viewer; // changes nothing of a campaign that is deleted
    private Campaign? _campaign;
    private MetricsQuery _query = new(Guid.Empty);
    private IDisposable? _figures;
    private CampaignMetrics? _metrics;
    private PersonFigures? _persons;
    private DeliveryStatus? _showing;
    private StoredForecast? _forecast;
    private List<Site> _sites = [];
    private SiteCalendar _calendar = SiteCalendar.Default;
    private CampaignTab _tab;
    private CampaignTab _usualTab;
    private bool _scrolls;

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

    /// <summary>What the figures are compared with, a <see cref="ComparedWith"/>.</summary>
    [SupplyParameterFromQuery]
    public string? Compare { get; set; }

    /// <summary>The steps of the curve over time, a <see cref="TimelineStep"/>.</summary>
    [SupplyParameterFromQuery]
    public string? Step { get; set; }

    /// <summary>The open tab, a <see cref="CampaignTab"/>.</summary>
    [SupplyParameterFromQuery]
    public string? Tab { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    [Inject]
    private ForecastKeeper Forecasts { get; set; } = null!;

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
    private ChangeText Changes { get; set; } = null!;

    [Inject]
    private TimeProvider Clock { get; set; } = null!;

    [Inject]
    private ScreenDirectory Screens { get; set; } = null!;

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
        _signedIn = viewer;
        _viewer = Acting(campaign);
        if (viewer.IsMediaOwner && campaign.OrganisationId != viewer.OrganisationId)
            await Audit.LookedAsync(viewer, AuditVerb.FiguresViewed, AuditSubject.Campaign, campaign.Id, campaign.Name);
        if (RendererInfo.IsInteractive)
        {
            // Before the first read, so that no change is missed.
            _subscriptions.Add(ShowingNews.Subscribe(Id, InLanguage.Keep<DeliveryStatus>(showing => _ = InvokeAsync(() => Take(showing)))));
            _subscriptions.Add(News.Subscribe(Id, InLanguage.Keep(() => _ = InvokeAsync(ReloadAsync))));
        }
        await using (var db = await Contexts.CreateDbContextAsync())
            _sites = await db.Sites.AsNoTracking().OrderBy(s => s.CreatedAt).ToListAsync();
        if (Sites(campaign) is [var first, ..]) _calendar = first.Calendar();
        _showing = await Showing.WhyAsync(Id);
        _forecast = await Forecasts.FindAsync(Id);
        _campaign = campaign;
        await LookAtAsync(Figures(campaign));
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (_campaign is not { } campaign || _metrics is null) return;
        _tab = CampaignAddress.Read<CampaignTab>(Tab) ?? _usualTab;
        if (Figures(campaign) is var asked && asked != _query) await LookAtAsync(asked);
    }

    /// <inheritdoc/>
    protected override void OnAfterRender(bool firstRender)
    {
        if (!_scrolls || _metrics is null) return;
        _scrolls = false;
        Navigation.NavigateTo(Navigation.Uri, replace: true); // to the target of the link, which was not there when the page came
    }

    private TimelineStep? Stepping => CampaignAddress.Read<TimelineStep>(Step);

    private ComparedWith Comparing => CampaignAddress.Read<ComparedWith>(Compare) ?? ComparedWith.Nothing;

    // What the reader presses, and nothing else: tabs also change their panel when they are taken down with the page.
    private Task OpenAsync(TabInteractionEventArgs pressed)
    {
        pressed.Cancel = true;
        if ((CampaignTab)pressed.PanelIndex is var tab && tab != _tab)
            Navigation.NavigateTo($"campaigns/{Id}{CampaignAddress.Words(Asked(_campaign!), Comparing, tab, Stepping)}");
        return Task.CompletedTask;
    }

    // The tab that the address or its fragment names. A campaign without results opens on its creatives. Chosen once: a first play must not
    // turn the page.
    private void Choose(CampaignMetrics first)
    {
        var linked = CampaignAddress.TabOf(new Uri(Navigation.Uri).Fragment.TrimStart('#'));
        _usualTab = linked ?? (first.Plays == 0 && first.Query == new MetricsQuery(Id) ? CampaignTab.Creatives : CampaignTab.Results);
        _tab = CampaignAddress.Read<CampaignTab>(Tab) ?? _usualTab;
        _scrolls = linked == _tab && RendererInfo.IsInteractive;
    }

    /// <summary>The query that the figures answer: without days of its own, a comparison has the usual ones.</summary>
    private MetricsQuery Figures(Campaign campaign)
    {
        var asked = Asked(campaign);
        return asked is { From: null, To: null } && ComparedDays.Usual(Comparing, campaign, _calendar, Clock.GetUtcNow()) is { } days
            ? asked with { From = days.FirstDay, To = days.LastDay } : asked;
    }

    // Which part of the campaign the figures cover.
    private string Part(Campaign campaign, CampaignMetrics m)
    {
        var screen = ScreensOf(campaign, null).FirstOrDefault(s => s.Id == m.Query.ScreenId);
        return L["Story.Part", string.Join(" · ", new[]
        {
            Display.Days(m.Days.FirstDay, m.Days.LastDay),
            screen?.SiteName ?? _sites.FirstOrDefault(s => s.Id == m.Query.SiteId)?.Name, screen?.Name,
            campaign.Creatives.FirstOrDefault(c => c.Id == m.Query.CreativeId)?.Name,
        }.Where(part => part is not null))];
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
        From = IsoDay.Read(From),
        To = IsoDay.Read(To),
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
        if (_metrics is null) Choose(metrics);
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
        (_campaign, _viewer) = (campaign, Acting(campaign));
        _showing = await Showing.WhyAsync(Id);
        if (!_gone.IsCancellationRequested) StateHasChanged();
    }

    private Viewer Acting(Campaign campaign) => campaign.DeletedAt is null ? _signedIn : _signedIn with { ReadOnly = true };

    private List<Site> Sites(Campaign campaign) => [.. _sites.Where(s => Targeting.RunsAt(campaign.SiteIds, s.Id))];

    private string SiteNames(Campaign campaign) =>
        campaign.SiteIds.Length == 0 ? L["Campaign.AllSites"]
        : campaign.SiteIds.Length > MostNamed
            ? L["Book.Sites", campaign.SiteIds.Length] : string.Join(", ", Sites(campaign).Select(s => s.Name));

    private string Price(Campaign campaign) => campaign.PriceModel == PriceModel.Flat
        ? L["Campaign.PriceFlat", Display.Krw(campaign.BudgetKrw)]
        : L["Campaign.PricePerThousand", Display.Krw(campaign.PricePerThousandKrw), Display.Krw(campaign.BudgetKrw)];
}
