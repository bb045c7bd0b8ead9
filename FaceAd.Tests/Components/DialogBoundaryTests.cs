using Bunit;
using FaceAd.Web.Components.Controls;
using FaceAd.Web.Components.Layout;
using FaceAd.Web.Language;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;
using MudBlazor;
using MudBlazor.Services;

namespace FaceAd.Tests.Components;

/// <summary>What becomes of a page when a dialog above it fails.</summary>
public sealed class DialogBoundaryTests
{
    [Fact]
    public async Task Dialog_ThatFails_IsClosedWithAWordAndTheNextOneOpens()
    {
        await using var context = new BunitContext();
        context.JSInterop.Mode = JSRuntimeMode.Loose;
        context.Services.AddMudServices();
        context.Services.AddLocalization();
        context.Services.AddSingleton<IStringLocalizer<Texts>, CountedTexts>();
        var page = context.Render<DialogBoundary>(boundary => boundary.AddChildContent<MudDialogProvider>());
        var dialogs = context.Services.GetRequiredService<IDialogService>();

        await page.InvokeAsync(() => dialogs.ShowAsync<Failing>("It fails"));

        page.WaitForAssertion(() => Assert.Empty(page.FindAll("[role=dialog]")));
        var said = Assert.Single(context.Services.GetRequiredService<ISnackbar>().ShownSnackbars);
        Assert.Equal("Something went wrong. We couldn't process the request. It has been logged; please try again.", said.Message);
        var answer = page.InvokeAsync(() => ConfirmDialog.AskAsync(dialogs, "Delete it?", "It is gone then.", "Delete", "Keep"));
        await page.Find("[data-do=confirm]").ClickAsync(new());
        Assert.True(await answer);
    }

    private sealed class Failing : ComponentBase
    {
        protected override async Task OnAfterRenderAsync(bool firstRender)
        {
            await Task.Yield();
            throw new InvalidOperationException("A library's script failed.");
        }
    }
}
