using FaceAd.Core.Decisions;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Approvals;
using FaceAd.Web.Language;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.EntityFrameworkCore;
using Microsoft.JSInterop;
using MudBlazor;

namespace FaceAd.Web.Components.Pages.Admin.Review;

/// <summary>
/// Items awaiting the media owner's review, oldest first: campaigns, and new versions of running creatives. Updates live.
/// </summary>
public sealed partial class Approvals
{
    private const int Shown = 30;
    private readonly HashSet<ReviewItem> _ticks = [];
    private IReadOnlyList<WaitingItem>? _queue;
    private WaitingItem? _selected;
    private Dictionary<Guid, string> _sites = [];
    private Viewer _viewer;
    private Guid? _creativeId;
    private int _total;
    private bool _busy, _missing, _loading, _again;
    private IDisposable? _news;

    /// <summary>The campaign to show first, as named by a notification.</summary>
    [SupplyParameterFromQuery]
    public string? Campaign { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> SignedIn { get; set; } = null!;

    private Creative? Creative =>
        _selected is not { Creatives: [var first, ..] } item ? null : item.Creatives.FirstOrDefault(f => f.Id == _creativeId) ?? first;

    /// <summary>Ends the subscription.</summary>
    public void Dispose() => _news?.Dispose();

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        _viewer = Viewer.Of((await SignedIn).User) ?? default;
        if (RendererInfo.IsInteractive) _news = News.Subscribe(InLanguage.Keep(() => _ = InvokeAsync(LoadAsync)));
        await LoadAsync();
    }

    // On the page's own thread. Any number of changes during a read cause just one more read.
    private async Task LoadAsync()
    {
        if (_loading)
        {
            _again = true;
            return;
        }
        _loading = true;
        try
        {
            do
            {
                _again = false;
                await ReadAsync();
            }
            while (_again);
        }
        finally
        {
            _loading = false;
        }
        StateHasChanged();
    }

    private async Task ReadAsync()
    {
        (_queue, _total) = await Queue.ReadAsync(_viewer, Shown);
        await using var db = await Contexts.CreateDbContextAsync();
        var sites = _queue.SelectMany(i => i.Campaign.SiteIds).Distinct().ToArray();
        _sites = sites.Length == 0 ? [] : await db.Sites.Where(s => sites.Contains(s.Id)).ToDictionaryAsync(s => s.Id, s => s.Name);
        var asked = _selected is null && Guid.TryParse(Campaign, out var campaign)
            ? _queue.FirstOrDefault(i => i.Campaign.Id == campaign) : null;
        var next = _queue.FirstOrDefault(i => i.Key == _selected?.Key) ?? asked ?? (_queue.Count > 0 ? _queue[0] : null);
        if (next?.Key != _selected?.Key) Choose(next);
        _selected = next;
    }

    private void Choose(WaitingItem? item)
    {
        if (item?.Key == _selected?.Key) return;
        (_selected, _creativeId, _missing) = (item, null, false);
        _ticks.Clear(); // they were for another item
    }

    private void Tick(ReviewItem check, bool on)
    {
        if (on) _ticks.Add(check);
        else _ticks.Remove(check);
        _missing = _missing && _ticks.Count < WaitingItem.Checklist.Count;
    }

    private async Task ApproveAsync(WaitingItem item)
    {
        if (_busy) return;
        _missing = _ticks.Count < WaitingItem.Checklist.Count;
        if (_missing)
        {
            await Js.InvokeVoidAsync("faceadReview.missing");
            return;
        }
        await ActAsync(item, async actor =>
        {
            ApprovalOutcome? outcome;
            if (item.Version is { } version) outcome = await Review.ApproveAsync(actor, version.Id, _ticks);
            else outcome = await Service.StepAsync(actor, item.Campaign.Id, CampaignAction.Approve, confirmed: _ticks) is not { } step
                ? null
                : step.Happened ? ApprovalOutcome.Enough : step.SecondNeeded ? ApprovalOutcome.SecondNeeded : null;
            return outcome switch
            {
                ApprovalOutcome.Enough => (true, L["Admin.Approvals.Approved", item.Campaign.Name]),
                ApprovalOutcome.SecondNeeded or ApprovalOutcome.SameAgain => (true, L["Review.SecondNeeded", item.Campaign.Name]),
                _ => (false, L["Admin.Approvals.Gone", item.Campaign.Name]),
            };
        });
    }

    private async Task RejectAsync(WaitingItem item)
    {
        if (_busy) return;
        var advertiser = item.Campaign.Organisation!.Name;
        var dialog = await Dialogs.ShowAsync<RejectDialog>(
            L["Admin.Approvals.Reject.Title", item.Campaign.Name],
            new DialogParameters<RejectDialog> { { d => d.Advertiser, advertiser } });
        if (await dialog.GetReturnValueAsync<string>() is not { } text) return;
        await ActAsync(item, async actor =>
        {
            var done = item.Version is { } version
                ? await Review.RefuseAsync(actor, version.Id, text)
                : await Service.StepAsync(actor, item.Campaign.Id, CampaignAction.Reject, text) is { Happened: true };
            return done
                ? (true, L["Admin.Approvals.Rejected", item.Campaign.Name, advertiser])
                : (false, L["Admin.Approvals.Gone", item.Campaign.Name]);
        });
    }

    private async Task ActAsync(WaitingItem item, Func<Viewer, Task<(bool Done, string Text)>> act)
    {
        _busy = true;
        try
        {
            if (await ActorAsync() is not { } actor) return;
            var (done, text) = await act(actor);
            // Refreshed, so that the next decision knows about it.
            if (done) await Snapshots.RefreshAsync();
            Notes.Add(text, done ? Severity.Success : Severity.Warning);
        }
        finally
        {
            _busy = false;
        }
        // Continue with the next item, not with the first.
        var at = _queue is null ? -1 : _queue.ToList().FindIndex(i => i.Key == item.Key);
        var after = _queue is { } queue && at >= 0 && at + 1 < queue.Count ? queue[at + 1].Key : (Guid?)null;
        await LoadAsync();
        if (after is { } key && _queue?.FirstOrDefault(i => i.Key == key) is { } next && _queue.All(i => i.Key != item.Key)) Choose(next);
        StateHasChanged();
        await Js.InvokeVoidAsync("faceadReview.settle");
    }

    private string Effect(WaitingItem item) =>
        item.IsHeld ? L["Review.EffectHeld"] : item.Version is not null ? (item.Running is null ? L["Review.EffectCreative"] : L["Review.EffectVersion"])
        : item.Campaign.StartsOn > Display.Today ? L["Admin.Approvals.Approve.Later", Display.Day(item.Campaign.StartsOn)]
        : L["Admin.Approvals.Approve.Now"];

    private string Price(Campaign campaign) => campaign.PriceModel == PriceModel.Flat
        ? L["Admin.Approvals.Flat", Display.Krw(campaign.BudgetKrw)]
        : L["Admin.Approvals.PerThousand", Display.Krw(campaign.PricePerThousandKrw), Display.Krw(campaign.BudgetKrw)];

    private string Where(Campaign campaign) => campaign.SiteIds.Length == 0
        ? L["Admin.AllSites"]
        : string.Join(", ", campaign.SiteIds.Select(id => _sites.GetValueOrDefault(id, Display.Dash)).Order(StringComparer.CurrentCulture));
}
