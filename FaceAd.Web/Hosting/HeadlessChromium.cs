using System.Globalization;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Hosting;

/// <summary>Settings of Chromium, bound from <c>Chromium</c>.</summary>
sealed class ChromiumOptions
{
    /// <summary>The program; null: the first of its usual names on the path; empty: this server does without.</summary>
    public string? Path { get; set; }
}

/// <summary>
/// The Chromium of this server, for work that only a browser can do. Each run has a folder of its own and ends with it, whatever becomes of
/// this server. It reaches nothing but this machine; its sandbox is on, except for root, as whom Chromium has none.
/// </summary>
sealed class HeadlessChromium
{
    // Per process: Chromium reserves far more addresses than memory, so those are not limited.
    private const string Memory = "--data=1073741824";

    private const string FolderPrefix = "facead-chromium-";

    /// <summary>The longest run.</summary>
    public static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(10);

    // The small one first: all that it can do is this.
    private static readonly string[] Names =
        ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    private static readonly string[] Arguments =
    [
        "--headless", "--disable-gpu", "--no-first-run", "--no-default-browser-check", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--disable-breakpad", "--disable-extensions", "--disable-dev-shm-usage",
        "--mute-audio", "--host-resolver-rules=MAP * ~NOTFOUND,EXCLUDE 127.0.0.1", "--proxy-server=127.0.0.1:9",
    ];

    // At last the whole group is killed, with what a Chromium that crashed has left.
    private const string Run = """
        done=$1; shift
        "$@" && : > "$done" || echo "it ended with code $?" >&2
        kill -KILL 0
        """;

    private readonly ILogger<HeadlessChromium> _log;

    public HeadlessChromium(IOptions<ChromiumOptions> options, ILogger<HeadlessChromium> log)
    {
        _log = log;
        Program = options.Value.Path is { } given ? (given.Length > 0 ? given : null)
            : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
                .SelectMany(_ => Names, Path.Combine).FirstOrDefault(File.Exists);
        foreach (var left in Directory.EnumerateDirectories(Path.GetTempPath(), FolderPrefix + "*").Where(IsLeft)) Delete(left);
    }

    /// <summary>Path of the program; null: there is none.</summary>
    public string? Program { get; }

    /// <summary>Makes the folder of a run, readable by this account only. Whatever Chromium writes goes there.</summary>
    /// <exception cref="IOException">The disk is full, or cannot be written.</exception>
    public static string NewFolder() => Directory.CreateTempSubdirectory(FolderPrefix).FullName;

    /// <summary>Deletes the folder of a run.</summary>
    public void Delete(string folder)
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

    /// <summary>Runs Chromium until it ends.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="arguments">What to do, and the address at which.</param>
    /// <param name="limit">How long it may take, at most <see cref="LongestRun"/>.</param>
    /// <param name="cancellation">Kills Chromium.</param>
    /// <returns>Null when it has done all; otherwise what it said.</returns>
    /// <exception cref="InvalidOperationException">There is no <see cref="Program"/>.</exception>
    public async Task<string?> RunAsync(string folder, IEnumerable<string> arguments, TimeSpan limit, CancellationToken cancellation)
    {
        var program = Program ?? throw new InvalidOperationException("There is no Chromium.");
        var done = Path.Combine(folder, "done");
        string[] command =
        [
            $"HOME={folder}", $"TMPDIR={folder}",
            // Ends it even when this server is killed meanwhile; and makes a group of it and all its processes.
            "timeout", "--signal=KILL", (limit.TotalSeconds + 5).ToString(CultureInfo.InvariantCulture),
            "sh", "-c", Run, "sh", done, program, .. Arguments,
            .. Environment.UserName == "root" ? ["--no-sandbox"] : Array.Empty<string>(),
            $"--user-data-dir={Path.Combine(folder, "profile")}", .. arguments,
        ];
        var result = await ChildProcess.RunAsync("env", command, limit, cancellation, memory: Memory);
        return File.Exists(done) ? null : result.TimedOut ? $"it took longer than {limit.TotalSeconds} s" : LastLines(result.Error);
    }

    private static string LastLines(string text) =>
        string.Join("; ", text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).TakeLast(2));

    // Of a server that was killed; no run takes this long.
    private static bool IsLeft(string folder) =>
        Directory.GetLastWriteTimeUtc(folder) < TimeProvider.System.GetUtcNow().UtcDateTime - TimeSpan.FromHours(1) - LongestRun;
}

/// <summary>Registers Chromium.</summary>
static class ChromiumSetup
{
    public static void AddChromium(this IServiceCollection services)
    {
        services.AddOptions<ChromiumOptions>().BindConfiguration("Chromium")
            .Validate(o => string.IsNullOrEmpty(o.Path) || File.Exists(o.Path), "Chromium:Path is not the path of a program.")
            .ValidateOnStart();
        services.AddSingleton<HeadlessChromium>();
    }
}
