using System.Text;
using FaceAd.Web.Hosting;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Reports.Printing;

/// <summary>
/// Prints a page with Chromium. The page is a file that holds everything it shows: no address of ours is opened, so no secret has to be
/// handed over, and Chromium cannot reach one.
/// </summary>
sealed class ReportPrinter(HeadlessChromium chromium, IOptions<PrintOptions> options, ILogger<ReportPrinter> log)
{
    private const int MostBytes = 32 * 1024 * 1024;

    /// <summary>Whether this server can print.</summary>
    public bool IsThere => chromium.Program is not null;

    /// <summary>Prints a page.</summary>
    /// <param name="html">The whole page, with its styles and pictures inside.</param>
    /// <param name="cancellation">Kills Chromium.</param>
    /// <returns>The PDF; null when Chromium failed or took too long, which is logged.</returns>
    /// <exception cref="InvalidOperationException">This server cannot print.</exception>
    public async Task<byte[]?> PrintAsync(string html, CancellationToken cancellation)
    {
        string? folder = null;
        try
        {
            folder = HeadlessChromium.NewFolder();
            var (page, file) = (Path.Combine(folder, "report.html"), Path.Combine(folder, "report.pdf"));
            await File.WriteAllTextAsync(page, html, Encoding.UTF8, cancellation);
            // The page holds no addresses; this stops it, if one of this machine came in nevertheless.
            string[] arguments =
                ["--proxy-bypass-list=<-loopback>", "--no-pdf-header-footer", $"--print-to-pdf={file}", new Uri(page).AbsoluteUri];
            var problem = await chromium.RunAsync(folder, arguments, options.Value.PrintTime, cancellation);
            if (problem is null && await ReadAsync(file, cancellation) is { } pdf) return pdf;
            log.LogError("Chromium printed no report: {Reason}", problem ?? "its file is no PDF, or too large");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.LogError("Chromium printed no report: {Reason}", e.Message); // a full disk, say
        }
        finally
        {
            if (folder is not null) chromium.Delete(folder);
        }
        return null;
    }

    private static async Task<byte[]?> ReadAsync(string file, CancellationToken cancellation)
    {
        if (new FileInfo(file) is not { Exists: true, Length: > 0 and < MostBytes }) return null;
        var pdf = await File.ReadAllBytesAsync(file, cancellation);
        return pdf.AsSpan().StartsWith("%PDF-"u8) ? pdf : null;
    }
}
