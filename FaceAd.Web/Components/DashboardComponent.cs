using FaceAd.Web.Data;
using FaceAd.Web.Language;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;
using MudBlazor;

namespace FaceAd.Web.Components;

/// <summary>
/// What all components are. When somebody's click, or the like, fails only because the database could not be asked just now, they are told
/// so, and the page stays as it is, with what was typed. (An error boundary would not do: the framework empties it before it is asked.)
/// </summary>
public abstract class DashboardComponent : ComponentBase, IHandleEvent
{
    // Set within an event: a handler that calls another one has to learn that it failed.
    private static readonly AsyncLocal<bool> Inside = new();

    [Inject]
    private ISnackbar Messages { get; set; } = null!;

    [Inject]
    private IStringLocalizer<Texts> Localizer { get; set; } = null!;

    [Inject]
    private ILoggerFactory Logs { get; set; } = null!;

    async Task IHandleEvent.HandleEventAsync(EventCallbackWorkItem item, object? arg)
    {
        var isOutermost = !Inside.Value;
        Inside.Value = true;
        var handling = Task.CompletedTask;
        try
        {
            handling = item.InvokeAsync(arg);
            if (!handling.IsCompleted) StateHasChanged(); // what it has done so far
            await handling;
        }
        catch (OperationCanceledException) when (handling.IsCanceled)
        {
            // As in the base class: a handler may end this way.
        }
        catch (Exception exception) when (RendererInfo.IsInteractive && DatabaseBusy.Is(exception))
        {
            if (!isOutermost)
            {
                StateHasChanged();
                throw;
            }
            Logs.CreateLogger(GetType())
                .LogWarning("An action could not be finished ({Reason}); its page stays as it is", exception.Message);
            Messages.Add($"{Localizer["State.503.Title"]}. {Localizer["State.503.Kept"]}", Severity.Warning);
        }
        StateHasChanged();
    }
}
