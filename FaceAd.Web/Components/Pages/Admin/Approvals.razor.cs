using FaceAd.Web.Accounts;
using FaceAd.Web.Campaigns;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.EntityFrameworkCore;
using Microsoft.JSInterop;
using Radzen;

namespace FaceAd.Web.Components.Pages.Admin;

/// <summary>The queue of campaigns that wait for the media owner, oldest first. Grows and shrinks by itself.</summary>
public sealed partial class Approvals
{
    private const int Shown = 30;
    private IReadOnlyList<Campaign>? _queue;
    private Dictionary<Guid, string> _sites = [];
    private int _total;
    private Guid? _busy;
    private IDisposable? _news;
    private bool _loading, _again;

    [CascadingParameter]
    private Task<AuthenticationState> SignedIn { get; set; } = null!;

    /// <summary>Stops listening.</summary>
    public void Dispose() => _news?.Dispose();

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        if (RendererInfo.IsInteractive) _news = News.Subscribe(InLanguage.Keep(() => _ = InvokeAsync(LoadAsync)));
        await LoadAsync();
    }

    // On the page's own thread. News that comes while a reading is under way causes one more, however much of it there is.
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
                await using var db = await Contexts.CreateDbContextAsync();
                var waiting = db.Campaigns.AsNoTracking().Where(c => c.State == CampaignState.Submitted);
                var queue = await waiting.AsSplitQuery().Include(c => c.Organisation).Include(c => c.Creatives.OrderBy(f => f.CreatedAt))
                    .OrderBy(c => c.SubmittedAt).ThenBy(c => c.Id).Take(Shown).ToListAsync();
                var sites = queue.SelectMany(c => c.SiteIds).Distinct().ToArray();
                _total = queue.Count < Shown ? queue.Count : await waiting.CountAsync();
                _sites = sites.Length == 0 ? [] : await db.Sites.Where(s => sites.Contains(s.Id)).ToDictionaryAsync(s => s.Id, s => s.Name);
                _queue = queue;
            }
            while (_again);
        }
        finally
        {
            _loading = false;
        }
        StateHasChanged();
    }

    private async Task ApproveAsync(Campaign campaign)
    {
        var text = campaign.StartsOn > Display.Today ? L["Admin.Approvals.Approve.Later", Display.Day(campaign.StartsOn)] : L["Admin.Approvals.Approve.Now"];
        if (!await Confirm.AskAsync(Dialogs, L["Admin.Approvals.Approve.Title", campaign.Name], text, L["Admin.Approvals.Approve"])) return;
        await StepAsync(campaign, CampaignAction.Approve, null, L["Admin.Approvals.Approved", campaign.Name]);
    }

    private async Task RejectAsync(Campaign campaign)
    {
        var reason = await Dialogs.OpenAsync<RejectDialog>(
            L["Admin.Approvals.Reject.Title", campaign.Name],
            new() { [nameof(RejectDialog.Advertiser)] = campaign.Organisation!.Name },
            new() { Width = "560px", CloseDialogOnEsc = true, AutoFocusFirstElement = false });
        if (reason is not string text) return;
        await StepAsync(campaign, CampaignAction.Reject, text, L["Admin.Approvals.Rejected", campaign.Name, campaign.Organisation.Name]);
    }

    private async Task StepAsync(Campaign campaign, CampaignAction action, string? reason, string done)
    {
        if (_busy is not null || Viewer.Of((await SignedIn).User) is not { } viewer) return;
        _busy = campaign.Id;
        try
        {
            var step = await Book.StepAsync(viewer, campaign.Id, action, reason);
            // The next decision already knows it.
            if (step is { Happened: true }) await Snapshots.RefreshAsync();
            Notes.Notify(step is { Happened: true }
                ? new NotificationMessage { Severity = NotificationSeverity.Success, Summary = done, Duration = 5000 }
                : new NotificationMessage { Severity = NotificationSeverity.Warning, Summary = L["Admin.Approvals.Gone", campaign.Name], Duration = 8000 });
        }
        finally
        {
            _busy = null;
        }
        await LoadAsync();
        await Js.InvokeVoidAsync("faceadQueue.settle");
    }
}
