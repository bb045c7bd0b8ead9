using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using CliWrap;
using CliWrap.Buffered;
using FaceAd.Core;
using FaceAd.Player;
using FaceAd.Player.Playback;

namespace FaceAd.Bench.Playback;

/// <summary>What goes wrong with a screen.</summary>
/// <param name="Name">Its name in the table.</param>
/// <param name="Signal">The signal sent.</param>
/// <param name="IsVictim">Whether a process of the browser gets it, by its command line; null for the player itself.</param>
sealed record PlaybackFault(string Name, int Signal, Func<string, bool>? IsVictim);

/// <summary>
/// A real player with a real Chromium shows its house loop from the cache, without a server, while the one or the other is killed or
/// stopped.
/// </summary>
sealed class PlaybackRun : IAsyncDisposable
{
    const int Kill = 9, Stop = 19;
    const int Seconds = 40; // longer than the picture is left alone: each new run is a new page's first
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>The faults, one after the other.</summary>
    public static readonly IReadOnlyList<PlaybackFault> Faults =
    [
        new("browser killed", Kill, line => !line.Contains(" --type=", StringComparison.Ordinal)),
        new("player killed", Kill, null),
        new("renderer frozen", Stop, line => line.Contains(" --type=renderer ", StringComparison.Ordinal)),
        new("browser frozen", Stop, _ => true),
    ];

    readonly string _folder;
    readonly string _mark;
    readonly PlayerProcess _player;

    /// <summary>Starts nothing yet.</summary>
    /// <param name="folder">An empty folder.</param>
    /// <param name="program">Path of the player's assembly.</param>
    public PlaybackRun(string folder, string program)
    {
        (_folder, _mark) = (folder, Browser.MarkOf(Browser.ProfileOf(folder)));
        _player = new PlayerProcess(program,
        [
            "--server", "http://127.0.0.1:1", "--data", folder, "--port", "0", "--browser", "headless", "--log", "debug",
        ]);
    }

    /// <summary>Fills the player's folder and starts the player on it.</summary>
    /// <param name="reports">Play reports that wait in the outbox.</param>
    /// <param name="megabytes">Megabytes of further creatives in the cache.</param>
    /// <param name="cancellation">Cancels the start.</param>
    /// <exception cref="InvalidOperationException">ffmpeg cannot make the video.</exception>
    /// <exception cref="TimeoutException">No picture comes.</exception>
    public async Task StartAsync(int reports, int megabytes, CancellationToken cancellation)
    {
        var cache = Directory.CreateDirectory(Path.Combine(_folder, "cache")).FullName;
        var house = await MakeVideoAsync(cache, cancellation);
        List<CreativeFile> creatives = [house];
        if (megabytes > 0) creatives.Add(await MakeEmptyAsync(cache, megabytes * 1024L * 1024, cancellation));
        await File.WriteAllBytesAsync(Path.Combine(_folder, "programme.json"), JsonSerializer.SerializeToUtf8Bytes(new ScreenProgramme
        {
            ScreenId = Guid.NewGuid(),
            ScreenName = "A",
            Mode = InferenceMode.Server,
            Measurement = false,
            Notice = "",
            Creatives = creatives,
            HouseLoop = [house.CreativeId],
        }), cancellation);
        FillOutbox(Path.Combine(_folder, "outbox"), reports, house.CreativeId);
        _player.Start();
        await FirstFrameAsync(cancellation);
    }

    /// <summary>Causes a fault while a picture is there.</summary>
    /// <param name="fault">The fault.</param>
    /// <param name="pause">How long the picture has been there before.</param>
    /// <param name="cancellation">Cancels the measurement.</param>
    /// <returns>Seconds until a new page has presented its first frame, and how many processes of the old one are left then.</returns>
    /// <exception cref="TimeoutException">No picture comes.</exception>
    public async Task<(double Seconds, int Orphans)> MeasureAsync(PlaybackFault fault, TimeSpan pause, CancellationToken cancellation)
    {
        await Task.Delay(pause, cancellation);
        var browser = ChildProcesses.FindAll(_mark).Select(id => (Id: id, Began: Began(id))).ToList();
        int[] victims = fault.IsVictim is { } isVictim
            ? [.. browser.Select(p => p.Id).Where(id => isVictim(CommandLine(id)))] : [_player.Id];
        var at = Stopwatch.GetTimestamp();
        foreach (var id in victims) _ = Native.Kill(id, fault.Signal);
        var seconds = Stopwatch.GetElapsedTime(at, await FirstFrameAsync(cancellation)).TotalSeconds;
        return (seconds, browser.Count(p => p.Began is not null && Began(p.Id) == p.Began));
    }

    public async ValueTask DisposeAsync()
    {
        await _player.DisposeAsync();
        await ChildProcesses.KillAllAsync(_mark);
    }

    async Task<long> FirstFrameAsync(CancellationToken cancellation)
    {
        try
        {
            return await _player.FirstFrames.ReadAsync(cancellation).AsTask().WaitAsync(Patience, cancellation);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException("No picture comes:\n" + string.Join('\n', _player.Log));
        }
    }

    static async Task<CreativeFile> MakeVideoAsync(string cache, CancellationToken cancellation)
    {
        var path = Path.Combine(cache, "house.mp4");
        var made = await Cli.Wrap("ffmpeg").WithArguments(
        [
            "-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i", $"testsrc2=s=640x360:r=30:d={Seconds}", "-c:v", "libx264",
            "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-movflags", "+faststart", path,
        ]).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(cancellation);
        if (made.ExitCode != 0) throw new InvalidOperationException($"ffmpeg could not create the video: {made.StandardError.Trim()}");
        return await NameAsync(path, "house", cancellation);
    }

    static async Task<CreativeFile> MakeEmptyAsync(string cache, long bytes, CancellationToken cancellation)
    {
        var path = Path.Combine(cache, "empty.mp4");
        await using (var file = File.Create(path)) file.SetLength(bytes); // takes no room on the disk, and as long to hash as any
        return await NameAsync(path, "empty", cancellation);
    }

    static async Task<CreativeFile> NameAsync(string path, string name, CancellationToken cancellation)
    {
        string hash;
        await using (var file = File.OpenRead(path)) hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellation));
        var bytes = new FileInfo(path).Length;
        File.Move(path, Path.Combine(Path.GetDirectoryName(path)!, hash + ".mp4"));
        return new CreativeFile(Guid.NewGuid(), hash, bytes, Seconds, name);
    }

    static void FillOutbox(string folder, int reports, Guid creative)
    {
        Directory.CreateDirectory(folder);
        for (var i = 0; i < reports; i++)
        {
            var at = DateTimeOffset.UnixEpoch.AddSeconds(i);
            var report = new PlayReport
            {
                PlayId = Guid.NewGuid(),
                CreativeId = creative,
                StartedAt = at,
                EndedAt = at.AddSeconds(1),
                End = PlayEnd.Completed,
                Measured = false,
                FramesPresented = 30,
            };
            var name = string.Create(CultureInfo.InvariantCulture, $"{at.ToUnixTimeMilliseconds():D15}-{report.PlayId:N}.json");
            File.WriteAllBytes(Path.Combine(folder, name), JsonSerializer.SerializeToUtf8Bytes(report));
        }
    }

    // Kernel ticks at its start, which tells it from a later process of the same id; null when it has ended.
    static string? Began(int id)
    {
        try
        {
            var fields = File.ReadAllText($"/proc/{id}/stat");
            var rest = fields[(fields.LastIndexOf(')') + 2)..].Split(' ');
            return rest[0] == "Z" ? null : rest[19];
        }
        catch (IOException)
        {
            return null;
        }
    }

    static string CommandLine(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline").Replace('\0', ' ');
        }
        catch (IOException)
        {
            return "";
        }
    }
}
