using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Tests.Support;
using FaceAd.Web.Audiences;
using FaceAd.Web.Decisions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace FaceAd.Tests.EndToEnd;

/// <summary>What was booked is what a real screen shows, and does not: server, player, and its page in a real Chromium.</summary>
public sealed class BookedTests(BookedFixture app) : IClassFixture<BookedFixture>
{
    // Each film that is raised to the top of the page, in this order.
    private const string Watch = """
        () => {
            window.shown = [];
            const note = () => {
                const film = document.querySelector('video.top')?.currentSrc;
                if (film && film !== window.shown.at(-1)) window.shown.push(film);
            };
            new MutationObserver(note).observe(document.body, { subtree: true, attributes: true, attributeFilter: ['class', 'src'] });
            note();
        }
        """;

    [Fact]
    public async Task Screen_WithCapCategoryAndChild_ShowsWhatIsAllowed()
    {
        await using var player = await app.StartPlayerAsync();
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.ConnectOverCDPAsync($"http://127.0.0.1:{await app.DevToolsPortAsync()}");
        var page = browser.Contexts[0].Pages[0];
        await page.Locator("video.top").WaitForAsync();
        await page.EvaluateAsync(Watch);
        await ShowsAsync("house");
        await using var cabin = new ReportedCabin(app.NewDevice());
        await using var db = app.NewContext();

        // Once a day and person, for whoever has been recognised: then the house loop goes on before her. Another woman sees it.
        await ComeAsync(Segment.Women2030, face: 1);
        await ShowsAsync("capped");
        await StoppedAsync(app.Capped.Id, Gate.FrequencyCap);
        await ShowsAsync("house");
        await cabin.SeeAsync();
        await ComeAsync(Segment.Women2030, face: 2);
        await ShowsAsync("capped");
        await cabin.SeeAsync();
        await ShowsAsync("house");

        // One of a category: the other is held back, and so is itself.
        await cabin.SeeAsync(ReportedCabin.Rider(Segment.Men2030, face: 3));
        await ShowsAsync("rival", "other rival");
        await StoppedAsync(app.Rival.Id, Gate.Separation);
        await StoppedAsync(app.OtherRival.Id, Gate.Separation);
        await ShowsAsync("house");
        await cabin.SeeAsync();

        // Not before children: it ends when a child has come in, and comes back when only adults are there.
        var man = ReportedCabin.Rider(Segment.Men4050, face: 4);
        await cabin.SeeAsync(man);
        await ShowsAsync("for adults");
        await cabin.SeeAsync(man, ReportedCabin.Rider(Segment.Kids, face: 5, track: 2, child: 0.9));
        await StoppedAsync(app.ForAdults.Id, Gate.Child);
        await ShowsAsync("house");
        await cabin.SeeAsync(man);
        await ShowsAsync("for adults");

        // Somebody who is recognised before an ad is chosen for them: at first the estimate is another, whom nobody wants.
        async Task ComeAsync(Segment segment, int face)
        {
            var rider = ReportedCabin.Rider(Segment.Silver, face);
            await cabin.SeeAsync(rider);
            await Wait.UntilAsync(IsRecognised, "the rider is recognised");
            await cabin.SeeAsync(rider with { Segments = Sample.Surely(segment) });
        }

        async Task<string> ShownAsync() => app.NameOf(await page.EvaluateAsync<string>("() => window.shown.at(-1)"));

        Task ShowsAsync(params string[] any) => Wait.UntilAsync(
            async () =>
            {
                var shown = await ShownAsync();
                return any.Contains(shown);
            }, $"the page shows {string.Join(" or ", any)}", state: async () => "It shows " + await ShownAsync());

        Task StoppedAsync(Guid campaign, Gate gate) => Wait.UntilAsync(
            async () => (await db.Decisions.AsNoTracking().Where(d => d.ScreenId == app.ScreenId && d.CampaignId == null).ToListAsync())
                .Exists(d => d.Losers?.Any(l => l.Id == campaign && l.Gate == gate) == true), $"{gate} holds it back");

        bool IsRecognised() => app.Services.GetRequiredService<LiveAudiences>().Find(app.ScreenId) is { } audience
            && app.Services.GetRequiredService<RecognisedRiders>().CabinOf(audience).Riders is [{ Person: not null }];
    }
}
