using System.Globalization;
using FaceAd.Web.Reports;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;

namespace FaceAd.Web.Components.Pages.Reports;

/// <summary>Writes reports as pages that hold everything they show: see <see cref="ReportAlone"/>.</summary>
/// <param name="services">What its components need.</param>
/// <param name="environment">Has the style sheets.</param>
/// <param name="logs">Logs.</param>
sealed class ReportPages(IServiceProvider services, IWebHostEnvironment environment, ILoggerFactory logs)
{
    private static readonly string[] Sheets =
        ["_content/MudBlazor/MudBlazor.min.css", "css/tokens.css", "css/app.css", "css/pages.css", "css/reports.css"];

    private const string Nowhere = "http://localhost/";

    /// <summary>Writes a report.</summary>
    /// <param name="report">The report.</param>
    /// <param name="language">"en" or "ko".</param>
    public async Task<string> WriteAsync(CampaignReport report, string language)
    {
        // For this call only: a culture flows down, never up.
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
        var styles = string.Concat(await Task.WhenAll(Sheets.Select(ReadAsync)));
        var mark = "data:image/svg+xml;base64," + Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(await ReadAsync("img/mark.svg")));
        await using var scope = services.CreateAsyncScope();
        // Every component can show messages, and those ask where they are; this page is nowhere.
        ((IHostEnvironmentNavigationManager)scope.ServiceProvider.GetRequiredService<NavigationManager>()).Initialize(Nowhere, Nowhere);
        await using var renderer = new HtmlRenderer(scope.ServiceProvider, logs);
        return await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<ReportAlone>(
            ParameterView.FromDictionary(new Dictionary<string, object?>
            {
                [nameof(ReportAlone.Report)] = report,
                [nameof(ReportAlone.Styles)] = styles,
                [nameof(ReportAlone.Mark)] = mark,
            }))).ToHtmlString());
    }

    private async Task<string> ReadAsync(string path)
    {
        using var reader = new StreamReader(environment.WebRootFileProvider.GetFileInfo(path).CreateReadStream());
        return await reader.ReadToEndAsync();
    }
}
