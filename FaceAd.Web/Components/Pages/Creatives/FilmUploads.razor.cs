using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Creatives;
using FaceAd.Web.Creatives.Uploads;
using FaceAd.Web.Language;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.Extensions.Options;
using Microsoft.JSInterop;

namespace FaceAd.Web.Components.Pages.Creatives;

/// <summary>Sends films to a campaign or to the house loop, each with its progress, and shows those that others are sending.</summary>
public sealed partial class FilmUploads : IAsyncDisposable
{
    private readonly Dictionary<string, Sending> _sending = [];
    private readonly CancellationTokenSource _gone = new();
    private IReadOnlyList<CreativeUpload> _uploads = [];
    private ElementReference _place;
    private IJSObjectReference? _module, _panel;
    private DotNetObjectReference<FilmUploads>? _self;
    private IDisposable? _news;
    private Action? _heard;
    private bool _loading, _again;

    /// <summary>The campaign; null for the house loop.</summary>
    [Parameter]
    public Guid? CampaignId { get; set; }

    /// <summary>Who looks.</summary>
    [Parameter, EditorRequired]
    public Viewer Viewer { get; set; }

    /// <summary>Whether films may be sent now.</summary>
    [Parameter]
    public bool CanAdd { get; set; }

    /// <summary>Called when an upload has moved: there may be another film.</summary>
    [Parameter]
    public EventCallback Moved { get; set; }

    /// <summary>The films that are there. A file field in it with <c>data-replaces</c> sends a new version.</summary>
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
            "panel", _place, _self, new { campaign = CampaignId, token = Antiforgery.GetAntiforgeryToken()?.Value, most = Media.Value.MaxUploadBytes });
        _ = InvokeAsync(FollowAsync);
    }

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
        _uploads = [.. uploads.Where(u => u.State != UploadState.Receiving || !_sending.Values.Any(s => s.Problem is null && CreativeUploads.Tidy(s.Name) == u.Name))];
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

    /// <summary>A file that this page sends.</summary>
    private sealed class Sending(string name)
    {
        public string Name { get; } = name;

        public int Percent { get; set; }

        public bool Waiting { get; set; }

        public string? Problem { get; set; }
    }
}
