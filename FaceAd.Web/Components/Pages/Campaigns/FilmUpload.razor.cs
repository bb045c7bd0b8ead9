using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Creatives;
using FaceAd.Web.Creatives.Transcoding;
using FaceAd.Web.Creatives.Uploads;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.Extensions.Options;
using Microsoft.JSInterop;

namespace FaceAd.Web.Components.Pages.Campaigns;

/// <summary>
/// Chooses a film or a still, shows it, sends it with progress, and waits until the server has prepared it. The file goes by HTTP in pieces,
/// not over the circuit, and goes on after a broken connection.
/// </summary>
public sealed partial class FilmUpload : IAsyncDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private ElementReference _input;
    private ElementReference _preview;
    private IJSObjectReference? _module;
    private IJSObjectReference? _upload;
    private DotNetObjectReference<FilmUpload>? _self;
    private string? _name;
    private string? _early;
    private bool _still;
    private int _stillSeconds = (int)UploadPlan.UsualStillSeconds;
    private int? _preparing;

    /// <summary>Why the server did not take the film; null when it did, or has not been asked.</summary>
    [Parameter]
    public string? Refusal { get; set; }

    /// <summary>Whether a film is needed and there is none.</summary>
    [Parameter]
    public bool Missing { get; set; }

    /// <summary>Called when another file was chosen.</summary>
    [Parameter]
    public EventCallback Chosen { get; set; }

    /// <summary>Called with the percentage that has been sent, 0..100, and with null at the end.</summary>
    [Parameter]
    public EventCallback<int?> Progressed { get; set; }

    /// <summary>Whether a file waits to be sent.</summary>
    public bool HasFilm => _name is not null;

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

    /// <summary>Sends the file that waits, and waits until it is ready.</summary>
    /// <param name="campaignId">The campaign that it is for.</param>
    /// <returns>Null when it was taken; else a <see cref="CreativeRefusal"/>, "Network", "SignedOut", "Cancelled" or "Stale".</returns>
    public async Task<string?> SendAsync(Guid campaignId)
    {
        if (_early is not null) return _early;
        await Progressed.InvokeAsync(0);
        try
        {
            var sent = await _upload!.InvokeAsync<string>("send", Timeout.InfiniteTimeSpan, campaignId, Antiforgery.GetAntiforgeryToken()?.Value, _stillSeconds);
            if (!sent.StartsWith("ok:", StringComparison.Ordinal)) return sent;
            await Progressed.InvokeAsync(100);
            if (Viewer.Of((await SignedIn).User) is not { } viewer) return "SignedOut";
            var end = await Uploads.EndOfAsync(viewer, Guid.Parse(sent.AsSpan(3)), Show, _gone.Token);
            if (end is not { State: UploadState.Done }) return end?.Failure?.ToString() ?? "Cancelled";
            _name = null;
            return null;
        }
        finally
        {
            _preparing = null;
            await Progressed.InvokeAsync(null);
        }
    }

    /// <summary>The browser tells of a chosen file.</summary>
    /// <param name="name">Its name; null when the choice was taken back.</param>
    /// <param name="bytes">Its length.</param>
    /// <param name="seconds">Its running time; null when the browser can not tell.</param>
    /// <param name="still">Whether it is a picture.</param>
    [JSInvokable]
    public async Task OnChosen(string? name, double bytes, double? seconds, bool still)
    {
        (_name, _still) = (name, still);
        _early = bytes > Media.Value.MaxUploadBytes ? nameof(CreativeRefusal.TooLarge) : seconds > Film.MaxSeconds ? nameof(CreativeRefusal.TooLong) : null;
        await Chosen.InvokeAsync();
        StateHasChanged();
    }

    /// <summary>The browser tells how far it is.</summary>
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
        catch (JSDisconnectedException)
        {
            // The page has gone, and the upload with it.
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
        _upload = await _module.InvokeAsync<IJSObjectReference>("create", _input, _preview, _self);
    }
}
