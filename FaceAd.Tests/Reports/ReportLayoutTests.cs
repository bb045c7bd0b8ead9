using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Xml.Linq;
using FaceAd.Tests.Components;
using FaceAd.Tests.Support;
using FaceAd.Web.Metrics;
using FaceAd.Web.Reports;
using FaceAd.Web.Reports.Printing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace FaceAd.Tests.Reports;

/// <summary>What a whole report looks like on paper and in a workbook, with large figures and hostile names.</summary>
public sealed class ReportLayoutTests(FiguresFixture app) : IClassFixture<FiguresFixture>
{
    private const string Hostile = "=1+1 </style><script>document.title='x'</script><iframe src=\"file:///etc/passwd\"></iframe> \u0001 \" } * { display: none } 끝";

    private const string Problems = """
        () => {
          const problems = [];
          const width = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth > width) problems.push('wider than the paper');
          const walker = document.createTreeWalker(document.querySelector('.report'), NodeFilter.SHOW_TEXT);
          while (walker.nextNode()) {
            const node = walker.currentNode;
            const parent = node.parentElement;
            if (!node.textContent.trim() || !parent.checkVisibility() || parent.closest('style, .visually-hidden')) continue;
            // A word is on one line; an amount, with all its words, too. Why there is none may take two.
            const amount = parent.closest('td:not(.why), [data-main]');
            for (const match of amount ? [{ 0: node.textContent, index: 0 }] : node.textContent.matchAll(/[^\s(·]+/g)) {
              if (match[0].length > 30) continue; // a name without end
              const range = document.createRange();
              range.setStart(node, match.index);
              range.setEnd(node, match.index + match[0].length);
              const boxes = [...range.getClientRects()].filter(b => b.width > 0);
              const tops = boxes.map(b => b.top);
              if (Math.max(...tops) - Math.min(...tops) > 3) problems.push('broken: ' + match[0]);
              if (boxes.some(b => b.right > width + 1)) problems.push('cut: ' + match[0]);
            }
          }
          return problems;
        }
        """;

    [Theory]
    [InlineData("en")]
    [InlineData("ko")]
    public async Task Print_LargeFigures_BreaksNoWordAndNoAmount(string language)
    {
        var html = await app.Services.GetRequiredService<ReportHtml>()(Large(await ReadAsync()), language);
        await using var visitor = await TestBrowser.NewContextAsync(app.Address, width: 688, height: 1000); // A4 within its margins
        var page = await visitor.NewPageAsync();
        await page.EmulateMediaAsync(new() { Media = Media.Print });
        await page.SetContentAsync(html);
        var problems = await page.EvaluateAsync<string[]>(Problems);
        Assert.Equal(Array.Empty<string>(), problems);
        await Assertions.Expect(page.Locator("[data-main]")).ToHaveCountAsync(6);
        await Assertions.Expect(page.Locator(".report-chart rect").First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Page_HostileNames_AreTextAndFetchNothing()
    {
        var html = await app.Services.GetRequiredService<ReportHtml>()(await HostileAsync(), "ko");
        Assert.Contains(
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:", WebUtility.HtmlDecode(html), StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<iframe", html, StringComparison.OrdinalIgnoreCase);
        await using var visitor = await TestBrowser.NewContextAsync(app.Address, width: 688, height: 1000);
        var page = await visitor.NewPageAsync();
        List<string> asked = [];
        page.Request += (_, request) => asked.Add(request.Url);
        await page.SetContentAsync(html);
        await Assertions.Expect(page.Locator("h1")).ToContainTextAsync("</style><script>");
        Assert.True(await page.EvaluateAsync<bool>("() => document.querySelector('.report-owner img').naturalWidth > 0"));
        Assert.All(asked, url => Assert.StartsWith("data:", url, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Workbook_HostileNamesAndLargeFigures_IsTextNumbersAndDates()
    {
        await using var scope = app.Services.CreateAsyncScope();
        var report = Large(await HostileAsync());
        using var book = new ZipArchive(
            new MemoryStream(await scope.ServiceProvider.GetRequiredService<ReportWorkbook>().WriteAsync(report, default)));
        XElement Read(string path)
        {
            using var part = book.GetEntry(path)!.Open();
            return XDocument.Load(part).Root!;
        }

        var names = Named(Read("xl/workbook.xml"), "sheet").Select(e => e.Attribute("name")!.Value).ToList();
        Assert.Equal(
            ["Figures", "People by counting period", "Over time", "Buildings", "Segments", "Creatives", "Screens",
                "People by number of impressions", "Impressions by weekday and hour", "Flights", "Definitions"],
            names);
        var sheets = names.Select((_, i) => Read($"xl/worksheets/sheet{i + 1}.xml")).ToList();
        Assert.All(sheets, s =>
        {
            Assert.Equal("frozen", Named(s, "pane").Single().Attribute("state")?.Value);
            Assert.NotEmpty(Named(s, "col"));
            Assert.Empty(Named(s, "f"));
        });
        var creative = Cells(sheets[5]).Single(c => c.Value.StartsWith('='));
        Assert.Equal("inlineStr", creative.Attribute("t")?.Value);
        // Impressions, as a number with its format.
        var figures = Named(sheets[0], "row").Single(r => Cells(r).First().Value == "Impressions");
        var impressions = Cells(figures).ElementAt(1);
        Assert.Equal(("8000000000", true), (impressions.Value, impressions.Attribute("t")?.Value is null or "n"));
        // The first step of the timeline, as a day on the campaign's clock.
        var step = report.Calendar.ClockAt(ReportText.InstantOf(report.Find(ReportTables.Timeline)!.Rows[0][0].Text)!.Value);
        var from = Cells(Named(sheets[2], "row").ElementAt(1)).First();
        Assert.Equal(
            step, DateTime.FromOADate(double.Parse(from.Value, CultureInfo.InvariantCulture)), TimeSpan.FromSeconds(1));
        Assert.Contains(Cells(sheets[0]), c => c.Value.Contains("5–9", StringComparison.Ordinal)); // a range of people stays one
    }

    private Task<CampaignReport> ReadAsync() =>
        app.Services.GetRequiredService<ReportReader>().ReadAsync(new MetricsQuery(app.Campaign.Id), exact: false);

    // The campaign's name and its creative's.
    private async Task<CampaignReport> HostileAsync()
    {
        var report = await ReadAsync();
        await using var db = app.NewContext();
        var campaign = await db.Campaigns.AsNoTracking().SingleAsync(c => c.Id == app.Campaign.Id);
        campaign.Name = Hostile;
        return report with
        {
            Campaign = campaign,
            MediaOwner = Hostile,
            Tables = [.. report.Tables.Select(t => t.Key == ReportTables.Creatives
                ? t with { Rows = [.. t.Rows.Select(r => (IReadOnlyList<ReportValue>)[ReportValue.Of(Hostile), .. r.Skip(1)])] } : t)],
        };
    }

    // Counts as of a campaign that a whole country sees.
    private static CampaignReport Large(CampaignReport report) => report with
    {
        Tables = [.. report.Tables.Select(t => t with
        {
            Rows = [.. t.Rows.Select(r => (IReadOnlyList<ReportValue>)[.. r.Select((v, i) =>
                i > 0 && v is { Number: { } number, UpTo: null } && ReportText.UnitOf(t, r, i) == ReportUnit.Count
                    ? ReportValue.Of(number * (t.Key == ReportTables.Figures ? 1e9 : t.Key == ReportTables.Hours ? 1e4 : 1e6)) : v)])],
        })],
    };

    private static IEnumerable<XElement> Named(XElement root, string name) =>
        root.Descendants().Where(e => e.Name.LocalName == name);

    private static IEnumerable<XElement> Cells(XElement root) => Named(root, "c");
}
