using System.Net;

namespace FaceAd.Player.Playback;

/// <summary>
/// Keeps one Chromium open on the page. Each start gets a new render token and a new profile; it is killed with all its processes and
/// started again when it exits, when its page disconnects, or when the page stops rendering. It starts before the page can be served, and
/// waits for it on the open port.
/// </summary>
sealed class Browser(
    PlayerSettings settings, ChildProcesses children, RenderToken token, PageSockets pages, PlaybackWorker playback, IPEndPoint page,
    TimeProvider time, ILogger<Browser> log) : BackgroundService
{
    static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(30);

    // A browser that ran for this long is started again at once; one that ended sooner, after a pause that grows.
    static readonly TimeSpan Lasting = TimeSpan.FromSeconds(5);

    volatile TaskCompletionSource _connected = NewSignal();
    volatile TaskCompletionSource _gone = NewSignal();

    /// <summary>Folder of Chromium's profile. No other browser may use it: its processes are found by it.</summary>
    public static string ProfileOf(string dataFolder) => Path.Combine(dataFolder, "chromium");

    /// <summary>The argument that every process of a Chromium with this profile has in its command line.</summary>
    public static string MarkOf(string profile) => $"--user-data-dir={profile}";

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        pages.Happened += e =>
        {
            if (e.Kind == PageEventKind.Lost) _gone.TrySetResult();
            if (e.Kind != PageEventKind.Connected) return;
            _gone = NewSignal(); // the page before may be found lost only now
            _connected.TrySetResult();
        };
        playback.PageFailed += _ => _gone.TrySetResult();
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(15), time);
        while (true)
        {
            var began = time.GetTimestamp();
            try
            {
                await RunCycleAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested) // retry forever
            {
                pages.Problem = $"Chromium cannot be started: {e.Message}";
                log.LogError("Chromium cannot be started: {Reason}", e.Message);
            }
            if (time.GetElapsedTime(began) > Lasting) backoff.Reset();
            else await backoff.WaitAsync(stoppingToken);
        }
    }

    /// <summary>Runs the browser once, until it exits, fails or is stopped.</summary>
    internal async Task RunCycleAsync(CancellationToken cancellation)
    {
        (_connected, _gone) = (NewSignal(), NewSignal());
        var address = $"{Address()}/?render={token.Issue()}";
        if (settings.Browser == BrowserMode.None)
        {
            log.LogInformation("Open {Address} on the screen. The address can be used once.", address);
            await _connected.Task.WaitAsync(cancellation);
            await _gone.Task.WaitAsync(cancellation);
            return;
        }

        var profile = ProfileOf(settings.DataFolder);
        await EndAllAsync(profile); // what a killed player or browser has left
        // A new profile: a killed browser's one has locks, may be damaged, and offers to restore its pages.
        if (Directory.Exists(profile)) Directory.Delete(profile, recursive: true);
        Directory.CreateDirectory(profile);
        var lastLine = "it wrote nothing to standard error";
        using var process = await children.StartAsync(settings.Chromium, [.. Arguments(profile), address], readOutput: false, line =>
        {
            lastLine = line;
            log.LogDebug("Chromium: {Line}", line);
        });
        log.LogInformation("Chromium {Pid} was started, {Mode}.", process.Id, Mode());
        try
        {
            using var life = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var exited = process.WaitForExitAsync(life.Token);
            var late = Task.Delay(StartPatience, time, life.Token);
            if (await Task.WhenAny(_connected.Task, exited, late) == late && !cancellation.IsCancellationRequested)
                log.LogWarning("Chromium did not open the page within {Seconds} s: {Line}", StartPatience.TotalSeconds, lastLine);
            else if (_connected.Task.IsCompleted) await Task.WhenAny(_gone.Task, exited);
            await life.CancelAsync();
            if (process.HasExited) log.LogWarning("Chromium exited with code {Code}: {Line}", process.ExitCode, lastLine);
        }
        finally
        {
            await EndAllAsync(profile);
        }
        cancellation.ThrowIfCancellationRequested();
    }

    async Task EndAllAsync(string profile)
    {
        if (await ChildProcesses.KillAllAsync(MarkOf(profile)) is { Count: > 0 } left)
            log.LogError("Chromium's processes {Left} cannot be killed.", string.Join(", ", left));
    }

    BrowserMode Mode() => settings.Browser != BrowserMode.Auto ? settings.Browser
        : string.IsNullOrEmpty(Environment.GetEnvironmentVariable("DISPLAY"))
            && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("WAYLAND_DISPLAY"))
            ? BrowserMode.Headless : BrowserMode.Kiosk;

    IEnumerable<string> Arguments(string profile)
    {
        string[] arguments =
        [
            MarkOf(profile), "--no-first-run", "--no-default-browser-check", "--autoplay-policy=no-user-gesture-required",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic", "--disable-breakpad",
            "--noerrdialogs", "--password-store=basic", "--disable-extensions", "--mute-audio",
            "--disk-cache-size=1048576", "--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows",
            "--disable-features=Translate,MediaRouter,OptimizationHints", "--renderer-process-limit=1",
        ];
        string[] display = Mode() == BrowserMode.Kiosk
            ? ["--kiosk", "--start-fullscreen"]
            : ["--headless=new", "--disable-gpu", "--window-size=640,360", "--hide-scrollbars"];
        string[] root = Environment.UserName == "root" ? ["--no-sandbox"] : [];
        return [.. arguments, .. display, .. root, .. settings.BrowserArguments];
    }

    string Address()
    {
        var host = page.Address.Equals(IPAddress.Any) ? IPAddress.Loopback
            : page.Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : page.Address;
        return $"http://{new IPEndPoint(host, page.Port)}";
    }

    static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
