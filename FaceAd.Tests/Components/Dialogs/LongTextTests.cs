using Bunit;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Components.Pages.Admin.Review;
using FaceAd.Web.Components.Pages.Admin.Sites;
using FaceAd.Web.Language;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;
using MudBlazor;
using MudBlazor.Services;

namespace FaceAd.Tests.Components.Dialogs;

/// <summary>Texts at the limits of forms: nothing is cut in silence, and a limit counts characters as people see them.</summary>
public sealed class LongTextTests : IAsyncDisposable
{
    private const string Flag = "\U0001F1F0\U0001F1F7"; // one character: two code points, four UTF-16 units

    private readonly BunitContext _context = new();

    public LongTextTests()
    {
        _context.JSInterop.Mode = JSRuntimeMode.Loose;
        _context.Services.AddMudServices();
        _context.Services.AddLocalization();
        _context.Services.AddSingleton<IStringLocalizer<Texts>, CountedTexts>();
    }

    public ValueTask DisposeAsync() => _context.DisposeAsync();

    [Fact]
    public async Task RejectDialog_ReasonAtItsLimit_IsTakenWholeAndOneMoreIsRefused()
    {
        var (page, dialog) = await OpenAsync<RejectDialog>(new DialogParameters<RejectDialog> { { d => d.Advertiser, "Neoul" } });
        var whole = string.Concat(Enumerable.Repeat(Flag, Campaign.MaxReason));
        await page.Find("textarea[name=reason]").InputAsync(new() { Value = whole + "!" });
        await page.Find("[role=dialog] form").SubmitAsync();
        Assert.Contains("At most 1,000 characters.", page.Find("[role=dialog]").TextContent, StringComparison.Ordinal);
        await page.Find("textarea[name=reason]").InputAsync(new() { Value = whole });
        await page.Find("[role=dialog] form").SubmitAsync();
        Assert.Equal(whole, (await dialog.Result)!.Data);
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("\u200B")]
    [InlineData("\u3164")]
    public async Task RejectDialog_ReasonOfWhichNothingIsSeen_IsMissing(string blank)
    {
        var (page, dialog) = await OpenAsync<RejectDialog>(new DialogParameters<RejectDialog> { { d => d.Advertiser, "Neoul" } });
        await page.Find("textarea[name=reason]").InputAsync(new() { Value = blank });
        await page.Find("[role=dialog] form").SubmitAsync();
        Assert.False(dialog.Result.IsCompleted);
        await page.Find("textarea[name=reason]").InputAsync(new() { Value = "Too loud" });
        await page.Find("[role=dialog] form").SubmitAsync();
        Assert.Equal("Too loud", (await dialog.Result)!.Data);
    }

    [Fact]
    public async Task ConsentDialog_NoticeBeyondItsLimit_IsRefusedInPlace()
    {
        var site = new Site
        {
            Id = Guid.NewGuid(),
            Name = "Haneul Tower",
            TimeZone = "Asia/Seoul",
            Notice = "Camera",
            Measurement = true,
            CreatedAt = default,
        };
        _context.Services.AddSingleton(TimeProvider.System).AddScoped<Web.Language.Display>();
        _context.Services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        var (page, dialog) = await OpenAsync<ConsentDialog>(new DialogParameters<ConsentDialog> { { d => d.Site, site } });
        var whole = string.Concat(Enumerable.Repeat(Flag, Site.MaxReference));
        await page.Find("[name=consent-notice]").ChangeAsync(new() { Value = whole + "!" });
        await page.Find("[role=dialog] form").SubmitAsync();
        Assert.Contains("At most 240 characters.", page.Find("[role=dialog]").TextContent, StringComparison.Ordinal);
        await page.Find("[name=consent-notice]").ChangeAsync(new() { Value = whole });
        await page.Find("[role=dialog] form").SubmitAsync();
        Assert.Equal(whole, Assert.IsType<ConsentAnswer>((await dialog.Result)!.Data).Notice);
    }

    private async Task<(IRenderedComponent<MudDialogProvider> Page, IDialogReference Dialog)> OpenAsync<T>(DialogParameters parameters)
        where T : ComponentBase
    {
        var page = _context.Render<MudDialogProvider>();
        var dialog = await page.InvokeAsync(() => _context.Services.GetRequiredService<IDialogService>().ShowAsync<T>("", parameters));
        return (page, dialog);
    }
}
