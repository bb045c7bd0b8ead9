using FaceAd.Web.Accounts;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Creatives;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.Extensions.Options;
using Microsoft.JSInterop;

namespace FaceAd.Web.Components.Pages.Creatives;

/// <summary>A campaign's films with their versions, and the uploads that will become films.</summary>
public sealed partial class CampaignFilms : IAsyncDisposable
{
    private readonly Dictionary<string, Sending> _sending = [];
    private readonly CancellationTokenSource _gone = new();
    private List<Line> _lines = [];
    private IReadOnlyList<CreativeUpload> _uploads = [];
    private ElementReference _place;
    private IJSObjectReference? _module, _panel;
    private DotNetObjectReference<CampaignFilms>? _self;
    private IDisposable? _news;
    private Guid? _open;
    private Campaign? _of;
    private bool _loading, _again;

    /// <summary>The campaign.</summary>
    [Parameter, EditorRequired]
    public Campaign Campaign { get; set; } = null!;

    /// <summary>Who looks.</summary>
    [Parameter, EditorRequired]
    public Viewer Viewer { get; set; }

    [Inject]
    private CreativeUploads Uploads { get; set; } = null!;

    [Inject]
    private CreativeReview Review { get; set; } = null!;

    [Inject]
    private UploadNews News { get; set; } = null!;

    [Inject]
    private IOptions<MediaOptions> Media { get; set; } = null!;

    [Inject]
    private IJSRuntime Js { get; set; } = null!;

    [Inject]
    private AntiforgeryStateProvider Antiforgery { get; set; } = null!;

    private CreativeState? Place => CreativeVersions.PlaceIn(Campaign.State);

    private bool CanAdd => Viewer.CanChange && Place is not null;

    /// <summary>The browser has begun to send a file.</summary>
    /// <param name="key">The page's name of it.</param>
    /// <param name="name">The file's name.</param>
    /// <param name="replaces">The version that it shall replace.</param>
    [JSInvokable]
    public void OnAdded(string key, string name, string? replaces) => Change(() => _sending[key] = new Sending(name));

    /// <summary>The browser tells how far it is.</summary>
    /// <param name="key">The page's name of the file.</param>
    /// <param name="percent">0..100.</param>
    /// <param name="waiting">Whether the connection is broken and will be tried again.</param>
    [JSInvokable]
    public void OnSent(string key, int percent, bool waiting) => Change(() =>
    {
        if (_sending.TryGetValue(key, out var sending)) (sending.Percent, sending.Waiting) = (percent, waiting);
    });

    /// <summary>The browser is done with a file.</summary>
    /// <param name="key">The page's name of it.</param>
    /// <param name="problem">Why it was not sent; null when it was.</param>
    [JSInvokable]
    public Task OnEnd(string key, string? problem)
    {
        if (problem is null or "Cancelled") _sending.Remove(key);
        else if (_sending.TryGetValue(key, out var sending)) sending.Problem = problem;
        return LoadAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _gone.CancelAsync();
        _news?.Dispose();
        try
        {
            if (_panel is not null)
            {
                await _panel.InvokeVoidAsync("dispose");
                await _panel.DisposeAsync();
            }
            if (_module is not null) await _module.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // The page has gone. What it was sending waits on the server for the same file.
        }
        _self?.Dispose();
        _gone.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (RendererInfo.IsInteractive)
        {
            _news ??= News.Subscribe((campaign, _) =>
            {
                if (campaign == Campaign.Id) Heard();
            });
        }
        if (ReferenceEquals(_of, Campaign)) return; // the page around it draws figures anew each second
        _of = Campaign;
        await LoadAsync();
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender) return;
        _self = DotNetObjectReference.Create(this);
        _module = await Js.InvokeAsync<IJSObjectReference>("import", "/" + Assets["js/upload.js"]);
        _panel = await _module.InvokeAsync<IJSObjectReference>(
            "panel", _place, _self, new { campaign = Campaign.Id, token = Antiforgery.GetAntiforgeryToken()?.Value, most = Media.Value.MaxUploadBytes });
        _ = InvokeAsync(FollowAsync);
    }

    private Action Heard => _heard ??= InLanguage.Keep(() => _ = InvokeAsync(LoadAsync));

    private Action? _heard;

    // A worker of another node tells nobody here: while something is under way, the page looks itself.
    private async Task FollowAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(2));
        try
        {
            while (await timer.WaitForNextTickAsync(_gone.Token))
            {
                if (_uploads.Any(u => u.State is UploadState.Queued or UploadState.Working)) await LoadAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The page has gone.
        }
    }

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
                var uploads = await Uploads.ListAsync(Viewer, Campaign.Id);
                var versions = await Review.HistoryAsync(Viewer, Campaign.Id);
                _uploads = [.. uploads.Where(u => u.State != UploadState.Receiving || !_sending.Values.Any(s => s.Problem is null && CreativeUploads.Tidy(s.Name) == u.Name))];
                _lines = [.. versions.GroupBy(c => c.LineId).Select(g => new Line([.. g])).Where(l => l.Current is not null || l.Proposed is not null || l.LastRefused is not null)
                    .OrderBy(l => l.All[^1].CreatedAt)];
            }
            while (_again);
        }
        finally
        {
            _loading = false;
        }
        if (!_gone.IsCancellationRequested) StateHasChanged();
    }

    private async Task StopAsync(string key)
    {
        if (_sending.TryGetValue(key, out var sending) && sending.Problem is not null) _sending.Remove(key);
        else if (_panel is not null) await _panel.InvokeVoidAsync("cancel", key);
    }

    private async Task CancelAsync(CreativeUpload upload)
    {
        await Uploads.CancelAsync(Viewer, upload.Id);
        await LoadAsync();
    }

    private async Task RetryAsync(CreativeUpload upload)
    {
        await Uploads.RetryAsync(Viewer, upload.Id);
        await LoadAsync();
    }

    private int Arrived(CreativeUpload upload) => (int)(100 * (Uploads.Arrived(upload) ?? 0) / upload.Bytes);

    private void Change(Action change)
    {
        change();
        StateHasChanged();
    }

    private static string? Look(CreativeState state) => state switch
    {
        CreativeState.Current => "good",
        CreativeState.Proposed => "wait",
        CreativeState.Refused => "bad",
        _ => null,
    };

    /// <summary>A file that this page sends.</summary>
    private sealed class Sending(string name)
    {
        public string Name { get; } = name;

        public int Percent { get; set; }

        public bool Waiting { get; set; }

        public string? Problem { get; set; }
    }

    /// <summary>One film in all its versions, newest first.</summary>
    private sealed record Line(IReadOnlyList<Creative> All)
    {
        public Creative? Current => All.FirstOrDefault(c => c.State == CreativeState.Current);

        public Creative? Proposed => All.FirstOrDefault(c => c.State == CreativeState.Proposed);

        /// <summary>A refusal that nothing has followed yet.</summary>
        public Creative? LastRefused => All[0].State == CreativeState.Refused ? All[0] : null;
    }
}
