using System.Net;
using System.Text;
using FaceAd.Tests.Components;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Metrics;
using FaceAd.Web.Reports;
using FaceAd.Web.Reports.Printing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Reports;

/// <summary>Reports as PDF and as workbooks, of a campaign that six people saw.</summary>
public sealed class ReportPdfTests(FiguresFixture app) : IClassFixture<FiguresFixture>
{
    private const string Password = "a good long password";

    private ReportHtml Html => app.Services.GetRequiredService<ReportHtml>();

    [Fact]
    public async Task Pdf_ByItsAdvertiser_IsPrinted()
    {
        using var advertiser = await Visitor.SignedInAsync(app, FiguresFixture.Advertiser, Password);
        using var answer = await advertiser.Http.GetAsync($"campaigns/{app.Campaign.Id}/report.pdf");
        Assert.Equal((HttpStatusCode.OK, "application/pdf"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.True(answer.Headers.CacheControl?.NoStore);
        var pdf = await answer.Content.ReadAsByteArrayAsync();
        Assert.Equal("%PDF-", Encoding.ASCII.GetString(pdf[..5]));
        Assert.Matches("/Count [2-9]", Encoding.Latin1.GetString(pdf)); // pages
    }

    [Fact]
    public async Task Files_OfAnotherAdvertiser_DoNotExist()
    {
        await using var scope = app.Services.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<AccountSetup>();
        var stranger = await accounts.CreateOrganisationAsync("Stranger of files", OrganisationKind.Advertiser);
        await accounts.CreateUserAsync(stranger, "stranger-of-files@facead.example", Password, "Stranger", Roles.Advertiser);
        using var visitor = await Visitor.SignedInAsync(app, "stranger-of-files@facead.example", Password);
        using var nobody = app.NewClient();
        foreach (var file in new[] { "report.pdf", "report.xlsx" })
        {
            using var answer = await visitor.Http.GetAsync($"campaigns/{app.Campaign.Id}/{file}");
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            using var away = await nobody.GetAsync($"campaigns/{app.Campaign.Id}/{file}");
            Assert.Contains("/account/login", away.Headers.Location!.OriginalString, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task SharedPdf_LinkEnded_IsNotFound()
    {
        var links = app.Services.GetRequiredService<ReportLinks>();
        var (link, token) = (await links.MakeAsync(Owner, new MetricsQuery(app.Campaign.Id), 7))!.Value;
        using var anybody = app.NewClient();
        using (var answer = await anybody.GetAsync($"r/{token}/report.pdf")) Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await using var db = app.NewContext();
        await db.ReportLinks.Where(l => l.Id == link.Id).ExecuteUpdateAsync(s => s.SetProperty(l => l.ExpiresAt, DateTimeOffset.UnixEpoch));
        using var gone = await anybody.GetAsync($"r/{token}/report.pdf");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task SharedPdf_NoChromium_LeadsBackToAPageThatSaysSo()
    {
        var (_, token) = (await app.Services.GetRequiredService<ReportLinks>()
            .MakeAsync(Owner, new MetricsQuery(app.Campaign.Id), 7))!.Value;
        var none = TestChromium.None();
        using var pdf = new ReportPdf(none.Printer, Html, none.Options);
        await using var scope = app.Services.CreateAsyncScope();
        var services = scope.ServiceProvider;
        var files = new ReportDownloads(
            services.GetRequiredService<CampaignService>(), services.GetRequiredService<ReportReader>(),
            services.GetRequiredService<ReportLinks>(), pdf, services.GetRequiredService<ReportWorkbook>(),
            services.GetRequiredService<AuditLog>(), new HttpContextAccessor { HttpContext = new DefaultHttpContext() });
        var answer = Assert.IsType<RedirectHttpResult>(await ReportDownloads.SharedPdfAsync(token, files));
        Assert.Equal($"~/r/{token}?pdf=Missing", answer.Url);
        using var anybody = app.NewClient();
        Assert.Contains("data-pdf=\"Missing\"", await anybody.GetStringAsync($"r/{token}?pdf=Missing"), StringComparison.Ordinal);
        Assert.DoesNotContain("data-pdf", await anybody.GetStringAsync($"r/{token}?pdf=7"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sleep 1000 & echo $! > \"$here/child\"; wait", 5)] // hangs, and so does its child
    [InlineData("sleep 1000 & echo $! > \"$here/child\"; kill -SEGV $$; wait", 30)] // dies, and leaves a child
    [InlineData("echo $$ > \"$here/child\"; echo broken >&2; exit 3", 30)]
    [InlineData("echo $$ > \"$here/child\"; echo '<html>' > \"$out\"", 30)] // no PDF
    [InlineData("echo $$ > \"$here/child\"", 30)] // nothing
    public async Task Print_ChromiumThatFails_GivesNoFileAndLeavesNoProcessAndNoFolder(string script, double seconds)
    {
        var chromium = await TestChromium.NewAsync(script, seconds);
        Assert.Null(await chromium.Printer.PrintAsync("<p>", default));
        var child = (await File.ReadAllTextAsync(chromium.PathOf("child"))).Trim();
        await Wait.UntilAsync(() => !IsRunning(child), "its processes have ended");
        Assert.False(Directory.Exists((await File.ReadAllTextAsync(chromium.PathOf("home"))).Trim()));
    }

    [Fact]
    public async Task Print_ReaderWhoLeaves_EndsChromium()
    {
        var chromium = await TestChromium.NewAsync("echo $$ > \"$here/child\"; sleep 1000");
        using var left = new CancellationTokenSource();
        var print = chromium.Printer.PrintAsync("<p>", left.Token);
        await Wait.UntilAsync(() => File.Exists(chromium.PathOf("child")) && new FileInfo(chromium.PathOf("child")).Length > 0, "it runs");
        await left.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => print);
        var child = (await File.ReadAllTextAsync(chromium.PathOf("child"))).Trim();
        await Wait.UntilAsync(() => !IsRunning(child), "it has ended");
        Assert.False(Directory.Exists((await File.ReadAllTextAsync(chromium.PathOf("home"))).Trim()));
    }

    [Fact]
    public async Task Make_WhileOneIsPrinted_RefusesTheNextAndPrintsTheSameDataOnce()
    {
        var chromium = await TestChromium.NewAsync(
            "i=0; while [ ! -e \"$here/go\" ] && [ $i -lt 600 ]; do sleep 0.1; i=$((i+1)); done; printf '%%PDF-1.4' > \"$out\"", 90);
        using var pdf = new ReportPdf(chromium.Printer, Html, chromium.Options);
        var report = await ReadAsync();
        var first = pdf.MakeAsync(report, "en", default);
        await Wait.UntilAsync(() => chromium.Runs == 1, "the first is printed");
        Assert.Equal((null, PdfFailure.Busy), await pdf.MakeAsync(report, "ko", default));
        await File.WriteAllTextAsync(chromium.PathOf("go"), "");
        var (file, failure) = await first;
        Assert.Null(failure);
        var (again, _) = await pdf.MakeAsync(report with { ComputedAt = report.ComputedAt.AddMinutes(3) }, "en", default);
        Assert.Same(file, again);
        Assert.Equal(1, chromium.Runs);
        await pdf.MakeAsync(report with { Exact = !report.Exact }, "en", default);
        await pdf.MakeAsync(report, "ko", default);
        Assert.Equal(3, chromium.Runs);
    }

    private Viewer Owner => new(app.Campaign.OrganisationId, false) { Name = FiguresFixture.Advertiser };

    private Task<CampaignReport> ReadAsync() =>
        app.Services.GetRequiredService<ReportReader>().ReadAsync(new MetricsQuery(app.Campaign.Id), exact: false);

    // A process that has ended may be listed until its parent has asked for its code.
    private static bool IsRunning(string process)
    {
        try
        {
            return !File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
