using FaceAd.Tests.Support;
using FaceAd.Web.Operations;
using Microsoft.Playwright;

namespace FaceAd.Tests.Components;

/// <summary>
/// The figures of a campaign and of parts of it, in a real Chromium: exact for administrators, small counts withheld from advertisers.
/// </summary>
public sealed class FigurePagesTests(FiguresFixture app) : IClassFixture<FiguresFixture>
{
    [Fact]
    public async Task Campaign_SixPersonsAtOneScreenTwoAtTheOther_AdvertiserSeesRangesAndFewer()
    {
        await using var visitor = await TestBrowser.NewContextAsync(app.Address);
        var page = await AdvertiserFixture.SignInAsync(visitor, FiguresFixture.Advertiser, $"/campaigns/{app.Campaign.Id}");
        await ExpectAsync(page, "impressions", "8");
        await ExpectAsync(page, "reached", "5–9");
        await ExpectAsync(page, "frequency", "1.3");
        await ExpectAsync(page, "completed", "8");
        await ExpectAsync(page, "dwell", "10 s");
        await ExpectAsync(page, "attention", "5 s");
        await page.ClickAsync("[data-part-by=Screen]");
        await page.Locator(".parts tbody tr", new() { HasText = "B" })
            .Locator("td", new() { HasText = "fewer than 5" }).First.WaitForAsync();

        // Everything is in the address: choosing a screen changes it, and opening it anew shows the same.
        await page.Locator("[data-choice=screen]").ClickAsync();
        await page.Locator($"[data-choice-of='{app.B.Id}']").ClickAsync();
        await page.ArriveAsync($@"/campaigns/{app.Campaign.Id}\?screen={app.B.Id}&tab=results$");
        await ExpectAsync(page, "impressions", "2");
        await ExpectAsync(page, "reached", "fewer than 5");
        await page.ReloadAsync();
        await page.Locator("[data-live=true]").WaitForAsync();
        await ExpectAsync(page, "impressions", "2");
        await page.ClickAsync("[data-filter] [data-do=clear]");
        await ExpectAsync(page, "impressions", "8");

        // The curve by the hour or the day, and its table with it.
        await page.ClickAsync("[data-step-by=Hour]");
        await page.ArriveAsync(@"\?step=hour&tab=results$");
        await Assertions.Expect(page.Locator("[data-step-by=Hour]")).ToHaveAttributeAsync("aria-current", "true");
        await page.ClickAsync("[data-step-by=Day]");
        await page.ArriveAsync(@"\?step=day&tab=results$");
        await page.Locator("[data-chart=time] .chart-table summary").ClickAsync();
        await Assertions.Expect(page.Locator("[data-chart=time] .chart-table tbody tr")).ToHaveCountAsync(1);
        await page.ReloadAsync();
        await page.Locator("[data-live=true]").WaitForAsync();
        await Assertions.Expect(page.Locator("[data-step-by=Day]")).ToHaveAttributeAsync("aria-current", "true");
    }

    [Fact]
    public async Task Campaign_OneScreenAskedFor_AdministratorSeesExactFigures()
    {
        await using var visitor = await TestBrowser.NewContextAsync(app.Address);
        var page = await AdvertiserFixture.SignInAsync(visitor, FiguresFixture.Admin, $"/campaigns/{app.Campaign.Id}?screen={app.B.Id}");
        await ExpectAsync(page, "reached", "2");
        await ExpectAsync(page, "universe", "2");
        await ExpectAsync(page, "reach", "100.0%");
    }

    [Fact]
    public async Task Campaign_NonsenseInTheAddress_ShowsEverything()
    {
        await using var visitor = await TestBrowser.NewContextAsync(app.Address);
        var page = await AdvertiserFixture.SignInAsync(
            visitor, FiguresFixture.Advertiser,
            $"/campaigns/{app.Campaign.Id}?from=2026-99-99%26to=yesterday%26site=x%26screen={Guid.NewGuid()}%26creative=%27");
        await ExpectAsync(page, "impressions", "8");
    }

    [Fact]
    public async Task Campaign_EightImpressionsAndDaysItHasNot_SaysTooEarlyAndWhichDaysAreShown()
    {
        await using var visitor = await TestBrowser.NewContextAsync(app.Address);
        var page = await AdvertiserFixture.SignInAsync(
            visitor, FiguresFixture.Advertiser, $"/campaigns/{app.Campaign.Id}");
        await page.GotoAsync($"/campaigns/{app.Campaign.Id}?from=2020-01-01&to=2020-01-02");
        await page.Locator("[data-range-note]", new() { HasText = "You asked for" }).WaitForAsync();
        await ExpectAsync(page, "impressions", "8");
        await ExpectAsync(page, "cpm", "too early");
        await ExpectAsync(page, "cost-per-completed", "too early");
        await ExpectAsync(page, "committed", "₩1,000,000");

        // The note beside a figure opens by keyboard, says definition and basis, and leads to all definitions.
        var about = page.Locator("[popovertarget=tip-tile-cpm_krw]");
        await about.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#tip-tile-cpm_krw")).ToContainTextAsync("opportunity to see");
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.Locator("#tip-tile-cpm_krw")).ToBeHiddenAsync();
        await about.ClickAsync();
        var definitions = await page.RunAndWaitForPopupAsync(() => page.ClickAsync("#tip-tile-cpm_krw a"));
        await definitions.Locator("#cpm_krw code").WaitForAsync();
    }

    [Fact]
    public async Task Proof_DownloadedByTheAdvertiser_IsSoundHereAndAtHomeUntilItIsChanged()
    {
        await using var visitor = await TestBrowser.NewContextAsync(app.Address);
        var page = await AdvertiserFixture.SignInAsync(visitor, FiguresFixture.Advertiser, $"/campaigns/{app.Campaign.Id}/proof");
        var download = await page.RunAndWaitForDownloadAsync(() => page.ClickAsync("[data-do=get-proof]"));
        Assert.EndsWith(".jsonl", download.SuggestedFilename, StringComparison.Ordinal);
        var folder = TestFolders.New("proof");
        var (file, edited) = (Path.Combine(folder, "proof.jsonl"), Path.Combine(folder, "edited.jsonl"));
        var keys = Path.Combine(folder, "keys");
        await download.SaveAsAsync(file);
        var text = await File.ReadAllTextAsync(file);
        await File.WriteAllTextAsync(edited, text.Replace("frames=240", "frames=241", StringComparison.Ordinal));

        await page.SetInputFilesAsync("[name=proof]", file);
        await page.Locator("[data-proof=sound]", new() { HasText = "8 plays, 80.0 seconds" }).WaitForAsync();
        var shown = await page.Locator(".proof-key").AllInnerTextsAsync();
        await page.FillAsync("[name=keys]", string.Join('\n', shown));
        await page.SetInputFilesAsync("[name=proof]", edited);
        await page.Locator("[data-proof=wrong] [data-fault=Edited]").WaitForAsync();
        await page.FillAsync("[name=keys]", "nonsense");
        await page.SetInputFilesAsync("[name=proof]", file);
        await page.Locator("[data-trouble]", new() { HasText = "64 hexadecimal digits" }).WaitForAsync();
        await page.FillAsync("[name=keys]", "");
        await page.SetInputFilesAsync("[name=proof]", typeof(FigurePagesTests).Assembly.Location);
        await page.Locator("[data-trouble]", new() { HasText = "Line 1 " }).WaitForAsync();

        await File.WriteAllLinesAsync(keys, ["# screens", .. shown.Select(k => k + " Tower"), ""]);
        Assert.Equal(0, await VerifyAsync("8 plays proved, 80.0 s in all.", file));
        Assert.Equal(0, await VerifyAsync("Every key was compared with those you gave.", file, "--keys", keys));
        Assert.Equal(1, await VerifyAsync("WRONG: Not what was signed: number 1 of key", edited));
        await File.WriteAllTextAsync(keys, new string('a', 64));
        Assert.Equal(1, await VerifyAsync("WRONG: Unknown key", file, "--keys", keys));
        await File.WriteAllTextAsync(keys, "aa");
        Assert.Equal(2, await VerifyAsync("is not the fingerprint of a key", file, "--keys", keys));
        Assert.Equal(2, await VerifyAsync("Line 1 is not a line", typeof(FigurePagesTests).Assembly.Location));
        Assert.Equal(2, await VerifyAsync("Could not find file", Path.Combine(folder, "none")));
        Assert.Equal(2, await VerifyAsync("Usage: verify-plays FILE"));
    }

    private static async Task<int?> VerifyAsync(string says, params string[] args)
    {
        using var output = new StringWriter();
        var exit = await VerifyPlaysCommand.RunAsync(["verify-plays", .. args], output);
        Assert.Contains(says, output.ToString(), StringComparison.Ordinal);
        return exit;
    }

    [Fact]
    public async Task Audience_OfTheDay_CountsPresencesWhateverWasPlaying()
    {
        await using var visitor = await TestBrowser.NewContextAsync(app.Address);
        var day = app.Campaign.StartsOn.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        var page = await AdvertiserFixture.SignInAsync(visitor, FiguresFixture.Admin, $"/admin/audience?to={day}");
        await Assertions.Expect(page.Locator("[data-audience=ots]")).ToHaveTextAsync("8");
        await Assertions.Expect(page.Locator("[data-audience=watchers]")).ToHaveTextAsync("8");
        await page.GotoAsync("/admin/audience?to=2025-01-01");
        await page.Locator("[data-empty]").WaitForAsync();
    }

    [Fact]
    public async Task Figures_Checked_SayThatNothingDiffers()
    {
        await using var visitor = await TestBrowser.NewContextAsync(app.Address);
        var page = await AdvertiserFixture.SignInAsync(visitor, FiguresFixture.Admin, "/admin/privacy");
        await page.ClickAsync("[data-do=check-figures]");
        await page.Locator("[data-differences='0']", new() { HasText = "No difference" }).WaitForAsync();
    }

    private static Task ExpectAsync(IPage page, string metric, string text) =>
        Assertions.Expect(page.Locator($"[data-metric={metric}]")).ToHaveTextAsync(text, new() { IgnoreCase = true });
}
