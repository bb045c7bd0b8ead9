using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using FaceAd.Web.Hosting;

namespace FaceAd.Bench.Crash;

/// <summary>The web server in a separate process, on the same port across restarts.</summary>
sealed class WebProcess : IAsyncDisposable
{
    private const int LinesKept = 40;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private readonly string _program;
    private readonly IReadOnlyDictionary<string, string> _settings;
    private readonly HttpClient _http;
    private readonly ConcurrentQueue<string> _lines = new();
    private Process? _process;

    /// <summary>Prepares the process without starting it.</summary>
    /// <param name="program">Path of the assembly.</param>
    /// <param name="settings">Settings by configuration key.</param>
    public WebProcess(string program, IReadOnlyDictionary<string, string> settings)
    {
        (_program, _settings) = (program, settings);
        Address = new Uri($"http://127.0.0.1:{LoopbackPort.Free().ToString(CultureInfo.InvariantCulture)}/");
        _http = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(15) };
    }

    /// <summary>Address it listens on.</summary>
    public Uri Address { get; }

    /// <summary>Number of starts.</summary>
    public int Starts { get; private set; }

    /// <summary>Process id.</summary>
    /// <exception cref="InvalidOperationException">The process was not started.</exception>
    public int ProcessId => _process?.Id ?? throw new InvalidOperationException("The web server was not started.");

    /// <summary>Whether it runs.</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>Latest lines of output.</summary>
    public IEnumerable<string> Output => _lines;

    /// <summary>Starts the process unless it is running.</summary>
    public void EnsureStarted()
    {
        if (_process is { HasExited: false }) return;
        _process?.Dispose();
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { _program, "--urls", Address.ToString() },
        };
        foreach (var (key, value) in _settings) start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Starts++;
    }

    /// <summary>Waits until it serves, restarting it as needed: it exits when its database is away.</summary>
    /// <exception cref="TimeoutException">The web server does not come up.</exception>
    public async Task ReadyAsync(CancellationToken cancellation)
    {
        var (clock, why) = (Stopwatch.StartNew(), "");
        while (clock.Elapsed < Patience)
        {
            EnsureStarted();
            try
            {
                using var answer = await _http.GetAsync("readyz", cancellation);
                if (answer.IsSuccessStatusCode) return;
                why = await answer.Content.ReadAsStringAsync(cancellation);
            }
            catch (Exception e) when (e is HttpRequestException || (e is TaskCanceledException && !cancellation.IsCancellationRequested))
            {
                why = e.Message;
            }
            await Task.Delay(50, cancellation);
        }
        throw new TimeoutException($"The web server does not come up: {why}\n{string.Join('\n', _lines)}");
    }

    /// <summary>Sends SIGKILL.</summary>
    public async Task KillAsync()
    {
        if (_process is not { HasExited: false } process) return;
        process.Kill();
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process?.Dispose();
        _http.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        _lines.Enqueue(line);
        if (_lines.Count > LinesKept) _lines.TryDequeue(out _);
    }
}
