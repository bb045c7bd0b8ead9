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
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(4);
    private readonly CancellationTokenSource _gone = new();
    private IDisposable? _news;
    private Viewer _viewer;
    private IReadOnlyList<Campaign>? _campaigns;
    private IReadOnlyDictionary<Guid, CampaignSummary> _summaries = new Dictionary<Guid, CampaignSummary>();
    private string? _filter;

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    [Inject]
    private CampaignBook Book { get; set; } = null!;

    [Inject]
    private CampaignNews News { get; set; } = null!;

    [Inject]
    private MetricsReader Reader { get; set; } = null!;

    [Inject]
    private Display Display { get; set; } = null!;

    [Inject]
    private ILogger<CampaignList> Log { get; set; } = null!;

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
        if (RendererInfo.IsInteractive) _ = KeepLookingAsync(_gone.Token);
    }

    private async Task ReloadAsync()
    {
        var campaigns = await Book.ListAsync(_viewer);
        if (_gone.IsCancellationRequested) return;
        _campaigns = campaigns;
        StateHasChanged();
    }

    private async Task ReadFiguresAsync()
    {
        var ids = _campaigns!.Select(c => c.Id).ToList();
        try
        {
            _summaries = await Reader.ReadSummariesAsync(ids);
        }
        catch (KeyNotFoundException)
        {
            // One was deleted meanwhile; the news of it brings a new list.
        }
    }

    private async Task KeepLookingAsync(CancellationToken gone)
    {
        using var timer = new PeriodicTimer(LookAgain, Time);
        try
        {
            while (await timer.WaitForNextTickAsync(gone))
            {
                try
                {
                    await ReadFiguresAsync();
                    await InvokeAsync(StateHasChanged);
                }
                catch (Exception exception) when (exception is System.Data.Common.DbException or InvalidOperationException and not ObjectDisposedException)
                {
                    Log.LogWarning(exception, "Figures of the list could not be read; trying again");
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            // The page has gone.
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
