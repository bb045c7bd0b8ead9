using System.Globalization;
using System.Text;
using Bunit;
using FaceAd.Core.Decisions;
using FaceAd.Core.Decisions.Gates;
using FaceAd.Tests.Components.People;
using FaceAd.Tests.Player;
using FaceAd.Tests.Support;
using FaceAd.Web.Components.Pages.Campaigns;
using FaceAd.Web.Components.Pages.Campaigns.Form;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using MudBlazor;
using MudBlazor.Services;

namespace FaceAd.Tests.Components;

/// <summary>The booking form: what it says of each field, how it keeps input, and that the keyboard alone is enough.</summary>
public sealed class BookingFormTests(AdminFixture app) : IClassFixture<AdminFixture>
{
    private const string Password = "a good long password";

    private static readonly DateOnly Start = Sample.Calendar.DayOf(TimeProvider.System.GetUtcNow()).AddDays(30);

    [Fact]
    public async Task Save_WithNothingEntered_EachFieldSaysWhatItNeeds()
    {
        await using var context = await ContextAsync();
        var form = Form(context);
        await form.Find("#save").ClickAsync(new());

        Assert.Equal("Enter a name.", form.Find("#name-problem").TextContent.Trim());
        Assert.Equal("true", form.Find("#name").GetAttribute("aria-invalid"));
        Assert.Equal("Choose at least one segment.", form.Find("#targets-problem").TextContent.Trim());
        Assert.StartsWith("Enter a whole amount", form.Find("#budget-problem").TextContent.Trim(), StringComparison.Ordinal);
        Assert.Empty(form.Find("#period-problem").TextContent.Trim());
    }

    [Fact]
    public async Task Dates_MistypedAndTypedAnew_NothingIsLost()
    {
        await using var context = await ContextAsync();
        var form = Form(context);
        await form.Find("#flight-1-end").ChangeAsync("2026-13-01");
        Assert.Contains("Write the date as YYYY-MM-DD.", form.Find("[data-flight='1']").TextContent, StringComparison.Ordinal);
        Assert.Contains("28 days", form.Find(".summary").TextContent, StringComparison.Ordinal);
        await form.Find("#save").ClickAsync(new());
        Assert.StartsWith("Enter both dates.", form.Find("#period-problem").TextContent.Trim(), StringComparison.Ordinal);
        // Typed anew: the summary follows.
        await form.Find("#flight-1-start").ChangeAsync(Iso(0));
        await form.Find("#flight-1-end").ChangeAsync(Iso(6));
        Assert.DoesNotContain("YYYY", form.Find("[data-flight='1']").TextContent, StringComparison.Ordinal);
        Assert.Contains("7 days", form.Find(".summary").TextContent, StringComparison.Ordinal);
        await form.Find("[data-weeks='2']").ClickAsync(new());
        Assert.Equal(Iso(13), form.Find("#flight-1-end").GetAttribute("value"));
    }

    [Fact]
    public async Task Delivery_EnteredAndMistyped_IsSavedOrSaysWhatItNeeds()
    {
        await using var context = await ContextAsync();
        var form = Form(context);
        await form.Find("#name").ChangeAsync("Paced");
        await form.Find("[data-target=Silver]").ChangeAsync(true);
        await form.Find("#budget").ChangeAsync("900,000");
        await form.Find("#goal").ChangeAsync("many");
        await form.Find("#save").ClickAsync(new());
        Assert.StartsWith("Enter a whole number", form.Find("#goal-problem").TextContent.Trim(), StringComparison.Ordinal);

        await form.Find("#goal").ChangeAsync("20,000");
        await form.Find("#cap").ChangeAsync("3");
        await form.Find("[name=cap-hard]").ChangeAsync(true);
        await form.Find("[name=not-for-children]").ChangeAsync(true);
        await form.InvokeAsync(() => form.FindComponent<MudSelect<CompetitiveCategory>>().Instance.ValueChanged
            .InvokeAsync(CompetitiveCategory.Beauty));
        Assert.Equal("10", form.Find("#apart").GetAttribute("value"));
        await form.Find("#save").ClickAsync(new());
        await using var db = app.NewContext();
        var saved = await db.Campaigns.SingleAsync(c => c.Name == "Paced");
        Assert.Equal(
            new DeliveryTerms
            {
                Goal = 20_000,
                Caps = [new FrequencyCap(3, CapUnit.Day, Hard: true)],
                Separation = new Separation((int)CompetitiveCategory.Beauty, 0, TimeSpan.FromMinutes(10)),
                NotForChildren = true,
            },
            saved.Delivery);
    }

    [Fact]
    public async Task Leave_WithUnsavedInput_AsksFirst()
    {
        await using var context = await ContextAsync();
        var dialogs = context.Render<MudDialogProvider>();
        var form = Form(context);
        await form.Find("#name").ChangeAsync("Autumn");
        var navigation = context.Services.GetRequiredService<NavigationManager>();
        var here = navigation.Uri;

        await form.InvokeAsync(() => navigation.NavigateTo("campaigns"));
        await dialogs.WaitForElement("[data-do=cancel]").ClickAsync(new());
        Assert.Equal(here, navigation.Uri);
        await form.InvokeAsync(() => navigation.NavigateTo("campaigns"));
        await dialogs.WaitForElement("[data-do=confirm]").ClickAsync(new());
        form.WaitForAssertion(() => Assert.EndsWith("/campaigns", navigation.Uri, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Sites_OfManyBuildings_AreFoundByNameAndTakenBack()
    {
        await using var context = await ContextAsync();
        context.Render<MudPopoverProvider>();
        var sites = Enumerable.Range(1, 40)
            .Select(n => new Site { Id = Guid.NewGuid(), Name = n == 40 ? "서울 타워" : $"Tower {n:00}", CreatedAt = default }).ToList();
        HashSet<Guid> chosen = [];
        var picker = context.Render<SitePicker>(p => p.Add(x => x.Sites, sites).Add(x => x.Chosen, chosen));
        Assert.Empty(picker.FindAll("[data-site]"));
        Assert.Equal("true", picker.Find("[data-all-sites]").GetAttribute("aria-pressed"));

        var search = picker.FindComponent<MudAutocomplete<SitePicker.Place>>();
        var found = (await search.Instance.SearchFunc!("TOWER 07", default)!).ToList();
        await picker.InvokeAsync(() => search.Instance.ValueChanged.InvokeAsync(Assert.Single(found)));
        Assert.Equal([sites[6].Id], chosen);
        Assert.Empty(await search.Instance.SearchFunc!("tower 07", default)!); // it is chosen
        Assert.Single((await search.Instance.SearchFunc!("서울".Normalize(NormalizationForm.FormD), default)!)!); // as a Mac sends it
        Assert.Equal("false", picker.Find("[data-all-sites]").GetAttribute("aria-pressed"));
        await picker.Find($"[data-site='{sites[6].Id}']").ClickAsync(new());
        Assert.Empty(chosen);
    }

    // The field before it may still be drawn anew while this one is pressed; then a person presses again.
    private static async Task<IFileChooser> ChooserAsync(IPage page)
    {
        for (var attempt = 1; ; attempt++)
        {
            await GoAsync(page, "[data-file=creative]", null);
            try
            {
                return await page.RunAndWaitForFileChooserAsync(
                    () => page.Keyboard.PressAsync("Space"), new() { Timeout = 10_000 });
            }
            catch (TimeoutException) when (attempt < 5)
            {
                // Pressed again.
            }
        }
    }

    [Fact]
    public async Task Keyboard_Alone_BooksAndApproves()
    {
        var video = Path.Combine(TestFolders.New("keyboard"), "video.mp4");
        await TestClips.MakeAsync(video, "color=c=0x802050:s=640x360:r=15:d=2");
        await using var first = await TestBrowser.NewContextAsync(app.Address);
        var page = await SignInAsync(first, AdminFixture.Advertiser);
        await GoAsync(page, "[href='campaigns/new']", "Enter");
        await page.ArriveAsync("/campaigns/new$");
        await page.Locator("#submit").WaitForAsync();
        await GoAsync(page, ".skip", "Enter");
        await TypeAsync(page, "#name", "Keys only");
        await GoAsync(page, "[data-target=Silver]", "Space");
        await GoAsync(page, "[data-site]", "Space");
        await Assertions.Expect(page.Locator("[data-site]").First).ToHaveAttributeAsync("aria-pressed", "true");
        await TypeAsync(page, "#flight-1-start", Iso(0));
        await TypeAsync(page, "#flight-1-end", Iso(27));
        await TypeAsync(page, "#budget", "900000");
        await (await ChooserAsync(page)).SetFilesAsync(video);
        await page.Locator(".upload.chosen video").WaitForAsync();
        await Assertions.Expect(page.Locator(".summary")).ToContainTextAsync("28 days");
        await GoAsync(page, "#submit", "Enter");
        await page.Locator("[data-why=Submitted]").WaitForAsync();

        // On a phone the menu is a drawer: Escape closes it and gives the focus back.
        await using var second = await TestBrowser.NewContextAsync(app.Address, 390, 844);
        page = await SignInAsync(second, AdminFixture.Admin);
        await GoAsync(page, "[data-menu]", "Enter");
        await Assertions.Expect(page.Locator("[data-menu]")).ToHaveAttributeAsync("aria-expanded", "true");
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.Locator("[data-menu]")).ToBeFocusedAsync();
        await Assertions.Expect(page.Locator("#panel")).ToBeHiddenAsync();
        await page.Keyboard.PressAsync("Enter");
        await GoAsync(page, "#panel [href='admin/approvals']", "Enter");
        await page.ArriveAsync("/admin/approvals$");
        await Assertions.Expect(page.Locator("#panel")).ToBeHiddenAsync();
        await page.Locator("#review-name", new() { HasText = "Keys only" }).WaitForAsync();
        for (var check = 1; check <= 5; check++)
        {
            await GoAsync(page, $"[data-check='{check}']", "Space");
            await Assertions.Expect(page.Locator($"[data-check='{check}']")).ToBeCheckedAsync();
        }
        await GoAsync(page, "[data-do=approve]", "Enter");
        await page.GetByText("“Keys only” was approved.").WaitForAsync();
    }

    private static string Iso(int days) => Start.AddDays(days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    // By Tab from wherever the focus is; it must come there within one round of the page.
    private static async Task GoAsync(IPage page, string target, string? press)
    {
        for (var tabs = 0; tabs < 150; tabs++)
        {
            if (await page.EvaluateAsync<bool>("target => document.activeElement?.matches(target) ?? false", target))
            {
                if (press is not null) await page.Keyboard.PressAsync(press);
                return;
            }
            await page.Keyboard.PressAsync("Tab");
        }
        Assert.Fail($"The keyboard does not reach {target}.");
    }

    private static async Task TypeAsync(IPage page, string field, string text)
    {
        await GoAsync(page, field, "Control+a");
        await page.Keyboard.TypeAsync(text);
        await page.Keyboard.PressAsync("Tab");
    }

    private static async Task<IPage> SignInAsync(IBrowserContext visitor, string email)
    {
        var page = await visitor.NewPageAsync();
        await page.GotoAsync("account/login");
        await TypeAsync(page, "[name=email]", email);
        await TypeAsync(page, "[name=password]", Password);
        await GoAsync(page, "button[type=submit]", "Enter");
        await page.Locator("[data-live=true]").WaitForAsync();
        return page;
    }

    private async Task<BunitContext> ContextAsync()
    {
        var context = new BunitContext();
        context.JSInterop.Mode = JSRuntimeMode.Loose;
        var upload = context.JSInterop.SetupModule("/js/upload.js");
        upload.Mode = JSRuntimeMode.Loose;
        upload.SetupModule("create", _ => true).Mode = JSRuntimeMode.Loose;
        context.Services.AddMudServices();
        var services = app.Services.CreateScope().ServiceProvider;
        var session = await CircuitPage.SignInAsync(services, AdminFixture.Advertiser);
        context.Services.AddSingleton(session);
        context.Services.AddFallbackServiceProvider(services);
        context.SetRendererInfo(new RendererInfo("Server", isInteractive: true));
        context.RenderTree.Add<CascadingValue<Task<AuthenticationState>>>(
            p => p.Add(v => v.Value, session.GetAuthenticationStateAsync()));
        return context;
    }

    private static IRenderedComponent<CampaignForm> Form(BunitContext context)
    {
        context.Render<MudPopoverProvider>();
        var form = context.Render<CampaignForm>();
        form.WaitForElement("#save", Wait.Limit);
        return form;
    }
}
