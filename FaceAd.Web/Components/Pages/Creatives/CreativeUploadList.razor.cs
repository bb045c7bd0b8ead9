using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Creatives;
using FaceAd.Web.Creatives.Uploads;
using FaceAd.Web.Language;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.Extensions.Options;
using Microsoft.JSInterop;

namespace FaceAd.Web.Components.Pages.Creatives;

/// <summary>Uploads creatives to a campaign or to the house loop, each with its progress, and shows other users' uploads.</summary>
public sealed partial class CreativeUploadList : IAsyncDisposable
{
    private readonly Dictionary<string, Sending> _sending = [];
    private readonly CancellationTokenSource _gone = new();
    private IReadOnlyList<CreativeUpload> _uploads = [];
    private ElementReference _place;
    private IJSObjectReference? _module, _panel;
    private DotNetObjectReference<CreativeUploadList>? _self;
    private IDisposable? _news;
    private Action? _heard;
    private bool _loading, _again, _over;
    private int _seconds = (int)UploadPlan.UsualStillSeconds;

    /// <summary>The campaign; null for the house loop.</summary>
    [Parameter]
    public Guid? CampaignId { get; set; }

    /// <summary>The user.</summary>
    [Parameter, EditorRequired]
    public Viewer Viewer { get; set; }

    /// <summary>Whether uploads are allowed now.</summary>
    [Parameter]
    public bool CanAdd { get; set; }

    /// <summary>Called when an upload has changed: there may be another creative.</summary>
    [Parameter]
    public EventCallback Moved { get; set; }

    /// <summary>The existing creatives. A file field in it with <c>data-replaces</c> uploads a new version.</summary>
    [Parameter]
    public RenderFragment? ChildContent { get; set; }

    [Inject]
    private CreativeUploads Uploads { get; set; } = null!;

    [Inject]
    private UploadNews News { get; set; } = null!;

    [Inject]
    private IOptions<MediaOptions> Media { get; set; } = null!;

    [Inject]
    private IJSRuntime Js { get; set; } = null!;

    [Inject]
    private AntiforgeryStateProvider Antiforgery { get; set; } = null!;

    /// <summary>Called by the browser when it starts to send a file.</summary>
    /// <param name="key">The file's key on this page.</param>
    /// <param name="name">The file's name.</param>
    /// <param name="replaces">The version it is to replace.</param>
    [JSInvokable]
    public void OnAdded(string key, string name, string? replaces) => Change(() => _sending[key] = new Sending(name));

    /// <summary>Called by the browser with the progress.</summary>
    /// <param name="key">The file's key on this page.</param>
    /// <param name="percent">0..100.</param>
    /// <param name="waiting">Whether the connection is broken and will be retried.</param>
    [JSInvokable]
    public void OnSent(string key, int percent, bool waiting) => Change(() =>
    {
        if (_sending.TryGetValue(key, out var sending)) (sending.Percent, sending.Waiting) = (percent, waiting);
    });

    /// <summary>Called by the browser when it has finished with a file.</summary>
    /// <param name="key">The file's key on this page.</param>
    /// <param name="problem">Why it was not sent; null on success.</param>
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
        catch (Exception exception) when (exception is JSDisconnectedException or OperationCanceledException)
        {
            // The page is gone. Its unfinished uploads stay on the server and can continue with the same file.
        }
        _self?.Dispose();
        _gone.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        if (RendererInfo.IsInteractive)
        {
            _heard = InLanguage.Keep(() => _ = InvokeAsync(LoadAsync));
            _news = News.Subscribe((campaign, _) =>
            {
                if (campaign == CampaignId) _heard();
            });
        }
        await ReadAsync();
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender) return;
        _self = DotNetObjectReference.Create(this);
        _module = await Js.InvokeAsync<IJSObjectReference>("import", "/" + Assets["js/upload.js"]);
        _panel = await _module.InvokeAsync<IJSObjectReference>(
            "panel", _place, _self,
            new { campaign = CampaignId, token = Antiforgery.GetAntiforgeryToken()?.Value, most = Media.Value.MaxUploadBytes });
        _ = InvokeAsync(FollowAsync);
    }

    // Workers on other nodes do not notify this one: while an upload is in progress, the page polls.
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
            // The page is gone.
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
                await ReadAsync();
                await Moved.InvokeAsync();
            }
            while (_again);
        }
        finally
        {
            _loading = false;
        }
        if (!_gone.IsCancellationRequested) StateHasChanged();
    }

    private async Task ReadAsync()
    {
        var uploads = await Uploads.ListAsync(Viewer, CampaignId);
        _uploads = [.. uploads.Where(u => u.State != UploadState.Receiving
                || !_sending.Values.Any(s => s.Problem is null && CreativeUploads.Tidy(s.Name) == u.Name))];
    }

    private async Task StopAsync(string key)
    {
        if (_sending.TryGetValue(key, out var sending) && sending.Problem is not null) _sending.Remove(key);
        else if (_panel is not null) await _panel.InvokeVoidAsync("cancel", key);
    }

    private async Task CancelAsync(CreativeUpload upload)
    {
        if (await ActorAsync() is not { } actor) return;
        await Uploads.CancelAsync(actor, upload.Id);
        await LoadAsync();
    }

    private async Task RetryAsync(CreativeUpload upload)
    {
        if (await ActorAsync() is not { } actor) return;
        await Uploads.RetryAsync(actor, upload.Id);
        await LoadAsync();
    }

    private int Arrived(CreativeUpload upload) => (int)(100 * (Uploads.Arrived(upload) ?? 0) / upload.Bytes);

    private void Change(Action change)
    {
        change();
        StateHasChanged();
    }

    /// <summary>A file being sent by this page.</summary>
    private sealed class Sending(string name)
    {
        public string Name { get; } = name;

        public int Percent { get; set; }

        public bool Waiting { get; set; }

        public string? Problem { get; set; }
    }
}
