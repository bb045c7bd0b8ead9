using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Creatives;
using FaceAd.Web.Creatives.Transcoding;
using FaceAd.Web.Creatives.Uploads;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.Extensions.Options;
using Microsoft.JSInterop;

namespace FaceAd.Web.Components.Pages.Campaigns.Form;

/// <summary>
/// Selects a video or a still, previews it, uploads it with progress, and waits until the server has processed it. The file is sent over
/// HTTP in chunks, not over the circuit, and continues after a broken connection.
/// </summary>
public sealed partial class CreativePicker : IAsyncDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private ElementReference _place;
    private bool _over;
    private ElementReference _preview;
    private IJSObjectReference? _module;
    private IJSObjectReference? _upload;
    private DotNetObjectReference<CreativePicker>? _self;
    private string? _name;
    private string? _early;
    private bool _still;
    private int _stillSeconds = (int)UploadPlan.UsualStillSeconds;
    private int? _preparing;

    /// <summary>Why the server refused the file; null when it did not, or has not been asked.</summary>
    [Parameter]
    public string? Refusal { get; set; }

    /// <summary>Whether a required creative is missing.</summary>
    [Parameter]
    public bool Missing { get; set; }

    /// <summary>Called when another file was selected.</summary>
    [Parameter]
    public EventCallback Chosen { get; set; }

    /// <summary>Called with the upload progress in percent, 0..100, and with null at the end.</summary>
    [Parameter]
    public EventCallback<int?> Progressed { get; set; }

    /// <summary>The creative that the last upload became; null before.</summary>
    public Guid? Sent { get; private set; }

    /// <summary>Whether a file is ready to be uploaded.</summary>
    public bool HasCreative => _name is not null;

    [CascadingParameter]
    private Task<AuthenticationState> SignedIn { get; set; } = null!;

    [Inject]
    private CreativeUploads Uploads { get; set; } = null!;

    [Inject]
    private IJSRuntime Js { get; set; } = null!;

    [Inject]
    private AntiforgeryStateProvider Antiforgery { get; set; } = null!;

    [Inject]
    private IOptions<MediaOptions> Media { get; set; } = null!;

    /// <summary>Uploads the selected file, and waits until it is processed.</summary>
    /// <param name="campaignId">The campaign it is for.</param>
    /// <returns>Null on success; otherwise a <see cref="CreativeRefusal"/>, "Network", "SignedOut", "Cancelled" or "Stale".</returns>
    public async Task<string?> SendAsync(Guid campaignId)
    {
        if (_early is not null) return _early;
        await Progressed.InvokeAsync(0);
        try
        {
            var sent = await _upload!.InvokeAsync<string>(
                "send", Timeout.InfiniteTimeSpan, campaignId, Antiforgery.GetAntiforgeryToken()?.Value, _stillSeconds);
            if (!sent.StartsWith("ok:", StringComparison.Ordinal)) return sent;
            await Progressed.InvokeAsync(100);
            if (Viewer.Of((await SignedIn).User) is not { } viewer) return "SignedOut";
            var end = await Uploads.EndOfAsync(viewer, Guid.Parse(sent.AsSpan(3)), Show, _gone.Token);
            if (end is not { State: UploadState.Done }) return end?.Failure?.ToString() ?? "Cancelled";
            (_name, Sent) = (null, end.CreativeId);
            return null;
        }
        finally
        {
            _preparing = null;
            await Progressed.InvokeAsync(null);
        }
    }

    /// <summary>Called by the browser when a file was selected.</summary>
    /// <param name="name">Its name; null when the selection was cleared.</param>
    /// <param name="bytes">Its length.</param>
    /// <param name="seconds">Its duration; null when the browser cannot tell.</param>
    /// <param name="still">Whether it is a still image.</param>
    [JSInvokable]
    public async Task OnChosen(string? name, double bytes, double? seconds, bool still)
    {
        (_name, _still) = (name, still);
        _early = bytes > Media.Value.MaxUploadBytes ? nameof(CreativeRefusal.TooLarge) : seconds > VideoProperties.MaxSeconds
            ? nameof(CreativeRefusal.TooLong) : null;
        await Chosen.InvokeAsync();
        StateHasChanged();
    }

    /// <summary>Called by the browser with the upload progress.</summary>
    /// <param name="percent">0..100.</param>
    [JSInvokable]
    public Task OnProgress(int percent) => Progressed.InvokeAsync(percent);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _gone.CancelAsync();
        _gone.Dispose();
        try
        {
            if (_upload is not null)
            {
                await _upload.InvokeVoidAsync("dispose");
                await _upload.DisposeAsync();
            }
            if (_module is not null) await _module.DisposeAsync();
        }
        catch (Exception exception) when (exception is JSDisconnectedException or OperationCanceledException)
        {
            // The page is gone, and the upload with it.
        }
        _self?.Dispose();
    }

    private Task Show(CreativeUpload upload)
    {
        _preparing = upload.Percent;
        return InvokeAsync(StateHasChanged);
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender) return;
        _self = DotNetObjectReference.Create(this);
        _module = await Js.InvokeAsync<IJSObjectReference>("import", "/" + Assets["js/upload.js"]);
        _upload = await _module.InvokeAsync<IJSObjectReference>("create", _place, _preview, _self);
    }
}
