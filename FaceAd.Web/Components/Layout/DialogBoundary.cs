using FaceAd.Web.Language;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.Localization;
using MudBlazor;

namespace FaceAd.Web.Components.Layout;

/// <summary>
/// Around the dialogs: one that fails is closed, and whoever had it open is told so. The page below stays, with what was typed in it.
/// </summary>
public sealed class DialogBoundary : ErrorBoundary
{
    [Inject]
    private ISnackbar Messages { get; set; } = null!;

    [Inject]
    private IStringLocalizer<Texts> Localizer { get; set; } = null!;

    /// <inheritdoc/>
    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (CurrentException is null) builder.AddContent(0, ChildContent);
    }

    /// <inheritdoc/>
    protected override void OnAfterRender(bool firstRender)
    {
        if (CurrentException is null) return;
        Messages.Add($"{Localizer["Error.Title"]}. {Localizer["Error.Text"]}", Severity.Error);
        Recover();
    }
}
