using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;

namespace FaceAd.Bench.Playback;

/// <summary>A player in a separate process, started again at once whenever it ends, as systemd and <c>./run</c> do.</summary>
/// <param name="program">Path of its assembly.</param>
/// <param name="settings">Its settings.</param>
sealed class PlayerProcess(string program, IReadOnlyList<string> settings) : IAsyncDisposable
{
    const int LinesKept = 40;
    readonly Channel<long> _firstFrames = Channel.CreateUnbounded<long>();
    readonly ConcurrentQueue<string> _lines = new();
    readonly CancellationTokenSource _stop = new();
    Process? _process;
    Task _keeping = Task.CompletedTask;

    /// <summary>When a run presented its first frame, by the player's log: timestamps of <see cref="Stopwatch"/>.</summary>
    public ChannelReader<long> FirstFrames => _firstFrames.Reader;

    /// <summary>Process id.</summary>
    public int Id => _process!.Id;

    /// <summary>Latest lines of its log.</summary>
    public IEnumerable<string> Log => _lines;

    /// <summary>Starts it.</summary>
    public void Start()
    {
        Launch();
        _keeping = KeepAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _process?.Kill();
        await _keeping;
        _process?.Dispose();
        _stop.Dispose();
    }

    async Task KeepAsync()
    {
        while (true)
        {
            await _process!.WaitForExitAsync();
            if (_stop.IsCancellationRequested) return;
            _process.Dispose();
            Launch();
        }
    }

    void Launch()
    {
        var start = new ProcessStartInfo("dotnet", [program, .. settings]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["FACEAD_TOKEN"] = "a-token";
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    void Keep(string? line)
    {
        if (line is null) return;
        if (line.Contains(" is on screen ", StringComparison.Ordinal)) _firstFrames.Writer.TryWrite(Stopwatch.GetTimestamp());
        _lines.Enqueue(line);
        if (_lines.Count > LinesKept) _lines.TryDequeue(out _);
    }
}
