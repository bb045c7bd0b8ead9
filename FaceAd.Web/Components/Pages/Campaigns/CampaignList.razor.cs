using FaceAd.Contracts;
using FaceAd.Web.Accounts;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Metrics;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace FaceAd.Web.Components.Pages.Campaigns;

/// <summary>The campaigns that somebody may see, with their figures, which follow within seconds.</summary>
public sealed partial class CampaignList : IDisposable
{
    private static readonly string[] StateOrder = ["Running", "Scheduled", "Submitted", "Draft", "Rejected", "Paused", "Ended"];
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan DrawTogether = TimeSpan.FromMilliseconds(250);
    private readonly CancellationTokenSource _gone = new();
    private IDisposable? _news;
    private Viewer _viewer;
    private IReadOnlyList<Campaign>? _campaigns;
    private readonly Dictionary<Guid, CampaignSummary> _summaries = [];
    private readonly Dictionary<Guid, IDisposable> _followed = [];
    private bool _redrawSoon;
    private string? _filter;

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    [Inject]
    private CampaignBook Book { get; set; } = null!;

    [Inject]
    private CampaignNews News { get; set; } = null!;

    [Inject]
    private MetricsFeed Feed { get; set; } = null!;

    [Inject]
    private Display Display { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    private IEnumerable<(string State, int Count)> States =>
        StateOrder.Select(s => (s, _campaigns!.Count(c => StateOf(c) == s))).Where(s => s.Item2 > 0 || s.s == _filter);

    private IEnumerable<Campaign> Shown => _campaigns!.Where(c => _filter is null || StateOf(c) == _filter);

    /// <inheritdoc/>
    public void Dispose()
    {
        _gone.Cancel();
        _news?.Dispose();
        foreach (var subscription in _followed.Values) subscription.Dispose();
        _gone.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        if (Viewer.Of((await Authentication).User) is not { } viewer) return;
        _viewer = viewer;
        if (RendererInfo.IsInteractive) _news = News.Subscribe(InLanguage.Keep(() => _ = InvokeAsync(ReloadAsync)));
        await ReloadAsync();
        await ReadFiguresAsync();
    }

    private async Task ReloadAsync()
    {
        var campaigns = await Book.ListAsync(_viewer);
        if (_gone.IsCancellationRequested) return;
        _campaigns = campaigns;
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

    // Campaigns of one site move together: one drawing serves them all.
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

    private async Task ReadFiguresAsync()
    {
        foreach (var campaign in _campaigns!)
        {
            try
            {
                _summaries[campaign.Id] = CampaignSummary.Of(await Feed.ReadAsync(new(campaign.Id), _gone.Token));
            }
            catch (Exception exception) when (exception is KeyNotFoundException or OperationCanceledException)
            {
                // It was deleted meanwhile, and the news of it brings a new list; or the page has gone.
            }
        }
    }

    private string StateOf(Campaign campaign) => StateBadge.Of(campaign, Display.Today);

    private string Figure(Campaign campaign, CampaignSummary? summary, Func<CampaignSummary, PersonFigure> figure, Func<double?, string> write)
    {
        if (summary is null || campaign.Targets is [Segment.Kids]) return Display.Dash;
        var shown = figure(summary);
        return shown.Few ? L["List.Few", SmallCounts.Step] : write(shown.Value);
    }

    private string? Why(Campaign campaign, CampaignSummary? summary) =>
        campaign.Targets is [Segment.Kids] ? L["Campaign.ReachKids"].Value
        : summary is { TargetImpressions: 0 } ? L["Campaign.FrequencyNone"].Value
        : !_viewer.IsAdmin && summary is { Reached: < SmallCounts.Step } ? L["Campaign.SmallCounts", SmallCounts.Step].Value
        : null;
}
