using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Reports.Printing;

/// <summary>Writes a report as one page with everything inside; supplied by the pages.</summary>
/// <param name="report">The report.</param>
/// <param name="language">"en" or "ko".</param>
delegate Task<string> ReportHtml(CampaignReport report, string language);

/// <summary>
/// Makes PDFs of reports, one at a time on each node, and keeps the newest for a while: as long as nothing has changed in a report but its
/// time, it is printed once.
/// </summary>
sealed class ReportPdf(ReportPrinter printer, ReportHtml page, IOptions<PrintOptions> options) : IDisposable
{
    private const long KeptBytes = 32 * 1024 * 1024;
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly MemoryCache _kept = new(new MemoryCacheOptions { SizeLimit = KeptBytes });
    private readonly SemaphoreSlim _oneAtATime = new(1);
    private int _waiting;

    /// <summary>Makes a PDF.</summary>
    /// <param name="report">The report, as its reader may see it.</param>
    /// <param name="language">"en" or "ko".</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<(byte[]? File, PdfFailure? Failure)> MakeAsync(
        CampaignReport report, string language, CancellationToken cancellation)
    {
        if (!printer.IsThere) return (null, PdfFailure.Missing);
        var key = await KeyAsync(report, language);
        if (_kept.TryGetValue(key, out byte[]? made)) return (made, null);
        try
        {
            if (Interlocked.Increment(ref _waiting) > options.Value.MostWaiting
                || !await _oneAtATime.WaitAsync(Patience, cancellation)) return (null, PdfFailure.Busy);
            try
            {
                if (_kept.TryGetValue(key, out made)) return (made, null);
                if (await printer.PrintAsync(await page(report, language), cancellation) is not { } file) return (null, PdfFailure.Failed);
                return (_kept.Set(key, file, new MemoryCacheEntryOptions { Size = file.Length, AbsoluteExpirationRelativeToNow = KeptFor }),
                    null);
            }
            finally
            {
                _oneAtATime.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    public void Dispose()
    {
        _kept.Dispose();
        _oneAtATime.Dispose();
    }

    // All that the page says but its time. What differs for its reader differs in it, too.
    private async Task<string> KeyAsync(CampaignReport report, string language) => Convert.ToHexString(SHA256.HashData(
        Encoding.UTF8.GetBytes(await page(report with { ComputedAt = DateTimeOffset.UnixEpoch }, language))));
}
