using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace FaceAd.Player.Playback;

/// <summary>
/// Keeps one Chromium open on the page. Each start gets a new render token; it is restarted when it exits, when its page
/// disconnects, or when the page stops rendering.
/// </summary>
sealed class Browser(
    PlayerSettings settings, ChildProcesses children, RenderToken token, PageSockets pages, PlaybackWorker playback, IServer server,
    IHostApplicationLifetime lifetime, TimeProvider time, ILogger<Browser> log) : BackgroundService
{
    static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(30);

    volatile TaskCompletionSource _connected = NewSignal();
    volatile TaskCompletionSource _gone = NewSignal();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        pages.Happened += e =>
        {
            if (e.Kind == PageEventKind.Connected) _connected.TrySetResult();
            else if (e.Kind == PageEventKind.Lost) _gone.TrySetResult();
        };
        playback.PageFailed += _ => _gone.TrySetResult();
        var started = NewSignal();
        await using var registration = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        await started.Task.WaitAsync(stoppingToken);

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
            if (time.GetElapsedTime(began) > TimeSpan.FromMinutes(1)) backoff.Reset();
            await backoff.WaitAsync(stoppingToken);
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

        var profile = Path.Combine(settings.DataFolder, "chromium");
        Directory.CreateDirectory(profile);
        // Locks left by a killed Chromium. The profile belongs to this player alone, so they are safe to delete.
        foreach (var leftover in Directory.EnumerateFileSystemEntries(profile, "Singleton*")) File.Delete(leftover);
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
            await ChildProcesses.StopAsync(process, TimeSpan.FromSeconds(2));
        }
        cancellation.ThrowIfCancellationRequested();
    }

    BrowserMode Mode() => settings.Browser != BrowserMode.Auto ? settings.Browser
        : string.IsNullOrEmpty(Environment.GetEnvironmentVariable("DISPLAY"))
            && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("WAYLAND_DISPLAY"))
            ? BrowserMode.Headless : BrowserMode.Kiosk;

    IEnumerable<string> Arguments(string profile)
    {
        string[] arguments =
        [
            $"--user-data-dir={profile}", "--no-first-run", "--no-default-browser-check", "--autoplay-policy=no-user-gesture-required",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic", "--disable-breakpad",
            "--disable-session-crashed-bubble", "--noerrdialogs", "--password-store=basic", "--disable-extensions", "--mute-audio",
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
        var address = new Uri(server.Features.Get<IServerAddressesFeature>()!.Addresses.First());
        var host = address.Host is "0.0.0.0" or "[::]" ? "127.0.0.1" : address.Host;
        return $"http://{host}:{address.Port}";
    }

    static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
