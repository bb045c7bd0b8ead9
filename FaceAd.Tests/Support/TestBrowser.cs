using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using FaceAd.Bench.Circuits;
using Microsoft.Playwright;

namespace FaceAd.Tests.Support;

/// <summary>One Chromium for the whole run; each test opens contexts of its own.</summary>
public static class TestBrowser
{
    // A busy build machine is slow, not broken; videos are encoded at low priority, and wait for everything else.
    private const float Patience = 150_000;

    private static readonly Lazy<Task<IBrowser>> Browser = new(LaunchAsync);

    /// <summary>Opens a context: its own cookies, closed with <c>await using</c>.</summary>
    /// <param name="address">What relative addresses start from.</param>
    /// <param name="width">Width of the page in CSS pixels.</param>
    /// <param name="height">Height of the page in CSS pixels.</param>
    /// <param name="locale">The browser's language.</param>
    public static async Task<IBrowserContext> NewContextAsync(Uri address, int width = 1440, int height = 900, string locale = "en-US")
    {
        var browser = await Browser.Value;
        var context = await browser.NewContextAsync(new()
        {
            BaseURL = address.ToString(),
            Locale = locale,
            ViewportSize = new() { Width = width, Height = height },
            ReducedMotion = ReducedMotion.Reduce, // what never rests is drawn for ever, on every open page
        });
        context.SetDefaultTimeout(Patience);
        return context;
    }

    /// <summary>
    /// Waits until the page's address is like this. <c>WaitForURLAsync</c> waits for the load as well and can miss that it was.
    /// </summary>
    /// <param name="page">The page.</param>
    /// <param name="pattern">A regular expression.</param>
    public static Task ArriveAsync(this IPage page, [StringSyntax(StringSyntaxAttribute.Regex)] string pattern) =>
        Assertions.Expect(page).ToHaveURLAsync(new Regex(pattern));

    /// <summary>
    /// Whether a page's console says that something went wrong. An event of an element that the server has just removed, such as the blur
    /// of a field in a dialog that closes, is answered with an error by the framework and lost as it should be (dotnet/aspnetcore#26838).
    /// </summary>
    /// <param name="message">What the console says.</param>
    public static bool IsError(this IConsoleMessage message) =>
        message.Type == "error"
        && !message.Text.Contains("There is no event handler associated with this event", StringComparison.Ordinal);

    private static async Task<IBrowser> LaunchAsync()
    {
        Assertions.SetDefaultExpectTimeout(Patience);
        var playwright = await Playwright.CreateAsync();
        return await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = OpenPages.Program,
            Args = [
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required",
            ],
        });
    }
}
