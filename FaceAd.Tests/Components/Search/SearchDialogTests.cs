using System.Globalization;
using System.Security.Claims;
using System.Text;
using Bunit;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using FaceAd.Web.Components.Search;
using FaceAd.Web.Data;
using FaceAd.Web.Language;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;
using MudBlazor;
using MudBlazor.Services;

namespace FaceAd.Tests.Components.Search;

/// <summary>The search dialog by keyboard, and what it tells a screen reader.</summary>
public sealed class SearchDialogTests(PeopleFixture app) : IClassFixture<PeopleFixture>
{
    [Fact]
    public async Task Dialog_ArrowsAndEnter_ChooseAndOpenAndEscapeCloses()
    {
        foreach (var name in new[] { "Keyed A", "Keyed B" })
        {
            var campaign = await app.AddCampaignAsync(app.First);
            await using var db = app.NewContext();
            await db.Campaigns.Where(c => c.Id == campaign.Id).ExecuteUpdateAsync(s => s.SetProperty(c => c.Name, name));
        }
        await using var context = NewContext();
        var page = await OpenAsync(context);

        var field = page.Find("[role=combobox]");
        Assert.Equal("false", field.GetAttribute("aria-expanded"));
        await field.InputAsync(new() { Value = "keyed" });
        await page.WaitForAssertionAsync(() => Assert.Equal(2, page.FindAll("[role=option]").Count), TimeSpan.FromSeconds(30));
        Assert.Equal(("true", "search-hit-0"), Active());
        Assert.Equal("2 results", page.Find("[role=status]").TextContent);
        Assert.Equal("Campaigns", page.Find("#" + page.Find("[role=group]").GetAttribute("aria-labelledby")).TextContent);

        await page.Find("[role=combobox]").KeyDownAsync(new KeyboardEventArgs { Key = "ArrowDown" });
        Assert.Equal(("true", "search-hit-1"), Active());
        await page.Find("[role=combobox]").KeyDownAsync(new KeyboardEventArgs { Key = "ArrowDown" }); // round to the first
        await page.Find("[role=combobox]").KeyDownAsync(new KeyboardEventArgs { Key = "ArrowUp" });
        var chosen = page.Find("[aria-selected=true]");
        Assert.Equal("Keyed B", chosen.QuerySelector("b")!.TextContent);
        var to = chosen.GetAttribute("data-hit")!;
        await page.Find("[role=combobox]").KeyDownAsync(new KeyboardEventArgs { Key = "Enter" });
        Assert.EndsWith(to, context.Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("[role=dialog]"));

        (string?, string?) Active()
        {
            var box = page.Find("[role=combobox]");
            return (box.GetAttribute("aria-expanded"), box.GetAttribute("aria-activedescendant"));
        }
    }

    // As a Mac sends it, in single letters; the words of the help are in memory.
    [Fact]
    public async Task Dialog_HelpLookedForInPieces_IsFound()
    {
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("ko");
        await using var context = NewContext();
        var page = await OpenAsync(context);
        await page.Find("[role=combobox]").InputAsync(new() { Value = "노출".Normalize(NormalizationForm.FormD) });
        await page.WaitForAssertionAsync(
            () => Assert.NotEmpty(page.FindAll("[data-hit^='help/metrics#']")), TimeSpan.FromSeconds(30));
    }

    private static async Task<IRenderedComponent<MudDialogProvider>> OpenAsync(BunitContext context)
    {
        var page = context.Render<MudDialogProvider>();
        var dialogs = context.Services.GetRequiredService<IDialogService>();
        await page.InvokeAsync(() => dialogs.ShowAsync<SearchDialog>("Search", new DialogOptions { CloseOnEscapeKey = true }));
        return page;
    }

    private BunitContext NewContext()
    {
        var context = new BunitContext();
        context.JSInterop.Mode = JSRuntimeMode.Loose;
        context.Services.AddMudServices();
        context.Services.AddLocalization();
        context.Services.AddSingleton<IStringLocalizer<Texts>, CountedTexts>();
        context.Services.AddSingleton(TimeProvider.System);
        context.Services.AddSingleton(app.Services.GetRequiredService<IDbContextFactory<FaceAdDbContext>>());
        context.Services.AddScoped<NameSearch>();
        var person = new ClaimsPrincipal(new ClaimsIdentity([
            new(FaceAdClaims.Organisation, app.First.Id.ToString()), new(ClaimTypes.Role, Roles.Owner)], "test"));
        context.RenderTree.Add<CascadingValue<Task<AuthenticationState>>>(p =>
            p.Add(v => v.Value, Task.FromResult(new AuthenticationState(person))));
        return context;
    }
}
