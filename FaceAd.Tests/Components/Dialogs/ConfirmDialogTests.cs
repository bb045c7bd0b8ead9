using Bunit;
using FaceAd.Web.Components.Controls;
using FaceAd.Web.Language;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;
using MudBlazor;
using MudBlazor.Services;

namespace FaceAd.Tests.Components.Dialogs;

/// <summary>The question before what is not easily undone.</summary>
public sealed class ConfirmDialogTests
{
    [Theory]
    [InlineData("confirm", true)]
    [InlineData("cancel", false)]
    public async Task AskAsync_Answered_GivesTheAnswerAndCloses(string button, bool expected)
    {
        await using var context = new BunitContext();
        context.JSInterop.Mode = JSRuntimeMode.Loose;
        context.Services.AddMudServices();
        context.Services.AddLocalization();
        context.Services.AddSingleton<IStringLocalizer<Texts>, CountedTexts>();
        var page = context.Render<MudDialogProvider>();
        var dialogs = context.Services.GetRequiredService<IDialogService>();

        var answer = page.InvokeAsync(() => ConfirmDialog.AskAsync(dialogs, "Delete it?", "It is gone then.", "Delete", "Keep"));
        var dialog = page.Find("[role=dialog]");
        Assert.Equal("Delete it?", page.Find("#" + dialog.GetAttribute("aria-labelledby")).TextContent.Trim());
        Assert.Equal("Keep", page.Find("[data-do=cancel]").TextContent);
        await page.Find($"[data-do={button}]").ClickAsync(new());

        Assert.Equal(expected, await answer);
        Assert.Empty(page.FindAll("[role=dialog]"));
    }
}
