using System.Globalization;
using System.Text;
using FaceAd.Web.Hosting;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Reports.Printing;

/// <summary>
/// Prints a page with a headless Chromium of its own, which ends with it. The page is a file that holds everything it shows: no address of
/// ours is opened, so no secret has to be handed over, and Chromium can neither resolve a name nor run a script. Its sandbox is on, except
/// for root, as whom Chromium has none.
/// </summary>
sealed class Chromium
{
    // Per process: Chromium reserves far more addresses than memory, so those are not limited.
    private const string Memory = "--data=1073741824";

    private const string FolderPrefix = "facead-report-";

    private const int MostBytes = 32 * 1024 * 1024;

    // The small one first: all that it can do is this.
    private static readonly string[] Names =
        ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    // A page that holds no addresses needs none; this stops it, and Chromium itself, if one came in nevertheless.
    private static readonly string[] Arguments =
    [
        "--headless", "--disable-gpu", "--no-first-run", "--no-default-browser-check", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--disable-breakpad", "--disable-extensions", "--disable-dev-shm-usage",
        "--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=127.0.0.1:9", "--proxy-bypass-list=<-loopback>",
        "--no-pdf-header-footer",
    ];

    // Only what was written to its end gets the file's name. At last the whole group is killed, with what a Chromium that crashed has left.
    private const string Run = """
        part=$1 file=$2; shift 2
        "$@" && mv "$part" "$file" || echo "it ended with code $?" >&2
        kill -KILL 0
        """;

    private readonly TimeSpan _limit;
    private readonly ILogger<Chromium> _log;

    public Chromium(IOptions<PrintOptions> options, ILogger<Chromium> log)
    {
        (_limit, _log) = (options.Value.PrintTime, log);
        Program = options.Value.Chromium is { } given ? (given.Length > 0 ? given : null)
            : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
                .SelectMany(_ => Names, Path.Combine).FirstOrDefault(File.Exists);
        foreach (var left in Directory.EnumerateDirectories(Path.GetTempPath(), FolderPrefix + "*").Where(IsLeft)) Delete(left);
    }

    /// <summary>Path of the program; null: there is none.</summary>
    public string? Program { get; }

    /// <summary>Prints a page.</summary>
    /// <param name="html">The whole page, with its styles and pictures inside.</param>
    /// <param name="cancellation">Kills Chromium.</param>
    /// <returns>The PDF; null when Chromium failed or took too long, which is logged.</returns>
    /// <exception cref="InvalidOperationException">There is no <see cref="Program"/>.</exception>
    public async Task<byte[]?> PrintAsync(string html, CancellationToken cancellation)
    {
        var program = Program ?? throw new InvalidOperationException("There is no Chromium.");
        string? folder = null;
        try
        {
            // Readable by this account only. Whatever Chromium writes goes here, and goes with it.
            folder = Directory.CreateTempSubdirectory(FolderPrefix).FullName;
            var (page, file) = (Path.Combine(folder, "report.html"), Path.Combine(folder, "report.pdf"));
            await File.WriteAllTextAsync(page, html, Encoding.UTF8, cancellation);
            var result = await ChildProcess.RunAsync("env", Command(program, folder, page, file), _limit, cancellation, memory: Memory);
            if (await ReadAsync(file, cancellation) is { } pdf) return pdf;
            _log.LogError("Chromium printed no report: {Reason}",
                result.TimedOut ? $"it took longer than {_limit.TotalSeconds} s" : LastLines(result.Error));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _log.LogError("Chromium printed no report: {Reason}", e.Message); // a full disk, say
        }
        finally
        {
            if (folder is not null) Delete(folder);
        }
        return null;
    }

    private string[] Command(string program, string folder, string page, string file) =>
    [
        $"HOME={folder}", $"TMPDIR={folder}",
        // Ends it even when this server is killed meanwhile; and makes a group of it and all its processes.
        "timeout", "--signal=KILL", (_limit.TotalSeconds + 5).ToString(CultureInfo.InvariantCulture),
        "sh", "-c", Run, "sh", $"{file}.part", file, program, .. Arguments,
        .. Environment.UserName == "root" ? ["--no-sandbox"] : Array.Empty<string>(),
        $"--user-data-dir={Path.Combine(folder, "profile")}", $"--print-to-pdf={file}.part", new Uri(page).AbsoluteUri,
    ];

    private static async Task<byte[]?> ReadAsync(string file, CancellationToken cancellation)
    {
        if (new FileInfo(file) is not { Exists: true, Length: > 0 and < MostBytes }) return null;
        var pdf = await File.ReadAllBytesAsync(file, cancellation);
        return pdf.AsSpan().StartsWith("%PDF-"u8) ? pdf : null;
    }

    private static string LastLines(string text) =>
        string.Join("; ", text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).TakeLast(2));

    // Of a server that was killed; no print takes this long.
    private bool IsLeft(string folder) =>
        Directory.GetLastWriteTimeUtc(folder) < TimeProvider.System.GetUtcNow().UtcDateTime - TimeSpan.FromHours(1) - _limit;

    private void Delete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _log.LogWarning("Could not delete {Folder} ({Reason})", folder, e.Message); // the next start does
        }
    }
}
