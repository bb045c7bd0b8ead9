using FaceAd.Web.Creatives;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.Extensions.Options;
using Microsoft.JSInterop;

namespace FaceAd.Web.Components.Pages.Campaigns;

/// <summary>Chooses a film, shows it, and sends it with progress. The file goes by HTTP, not over the circuit.</summary>
public sealed partial class FilmUpload : IAsyncDisposable
{
    private const double LongestSeconds = 60.5;
    private ElementReference _input;
    private ElementReference _preview;
    private IJSObjectReference? _module;
    private IJSObjectReference? _upload;
    private DotNetObjectReference<FilmUpload>? _self;
    private string? _name;
    private string? _early;

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

    [Inject]
    private IJSRuntime Js { get; set; } = null!;

    [Inject]
    private AntiforgeryStateProvider Antiforgery { get; set; } = null!;

    [Inject]
    private IOptions<MediaOptions> Media { get; set; } = null!;

    /// <summary>Sends the file that waits.</summary>
    /// <param name="campaignId">The campaign that it is for.</param>
    /// <returns>Null when it was taken; else a <see cref="CreativeRefusal"/>, "Network" or "Stale".</returns>
    public async Task<string?> SendAsync(Guid campaignId)
    {
        if (_early is not null) return _early;
        await Progressed.InvokeAsync(0);
        try
        {
            var refusal = await _upload!.InvokeAsync<string?>("send", Timeout.InfiniteTimeSpan, $"/api/campaigns/{campaignId}/creatives", Antiforgery.GetAntiforgeryToken()?.Value);
            if (refusal is null) _name = null;
            return refusal;
        }
        finally
        {
            await Progressed.InvokeAsync(null);
        }
    }

    /// <summary>The browser tells of a chosen file.</summary>
    /// <param name="name">Its name; null when the choice was taken back.</param>
    /// <param name="bytes">Its length.</param>
    /// <param name="seconds">Its running time; null when the browser can not tell.</param>
    [JSInvokable]
    public async Task OnChosen(string? name, double bytes, double? seconds)
    {
        _name = name;
        _early = bytes > Media.Value.MaxUploadBytes ? nameof(CreativeRefusal.TooLarge) : seconds > LongestSeconds ? nameof(CreativeRefusal.TooLong) : null;
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

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender) return;
        _self = DotNetObjectReference.Create(this);
        _module = await Js.InvokeAsync<IJSObjectReference>("import", "/" + Assets["js/upload.js"]);
        _upload = await _module.InvokeAsync<IJSObjectReference>("create", _input, _preview, _self);
    }
}
