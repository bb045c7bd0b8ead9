using System.Globalization;
using FaceAd.Web.Reports;

namespace FaceAd.Web.Components.Pages.Reports;

/// <summary>Writes reports as pages that hold everything they show: see <see cref="ReportAlone"/>.</summary>
/// <param name="html">Renders it.</param>
/// <param name="environment">Has the style sheets.</param>
sealed class ReportPages(ComponentHtml html, IWebHostEnvironment environment)
{
    // Not the component library's, twelve times as large: a report has none of its controls.
    private static readonly string[] Sheets =
        ["css/tokens.css", "css/app.css", "css/pages.css", "css/reports.css"];

    /// <summary>Writes a report.</summary>
    /// <param name="report">The report.</param>
    /// <param name="language">"en" or "ko".</param>
    public async Task<string> WriteAsync(CampaignReport report, string language)
    {
        // For this call only: a culture flows down, never up.
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
        var styles = string.Concat(await Task.WhenAll(Sheets.Select(ReadAsync)));
        var mark = "data:image/svg+xml;base64," + Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(await ReadAsync("img/mark.svg")));
        return await html.RenderAsync<ReportAlone>(new()
        {
            [nameof(ReportAlone.Report)] = report,
            [nameof(ReportAlone.Styles)] = styles,
            [nameof(ReportAlone.Mark)] = mark,
        });
    }

    private async Task<string> ReadAsync(string path)
    {
        using var reader = new StreamReader(environment.WebRootFileProvider.GetFileInfo(path).CreateReadStream());
        return await reader.ReadToEndAsync();
    }
}
