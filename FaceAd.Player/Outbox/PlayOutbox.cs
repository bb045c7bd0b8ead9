using System.Text.Json;
using System.Threading.Channels;
using FaceAd.Core;
using FaceAd.Player.Clock;

namespace FaceAd.Player.Outbox;

/// <summary>
/// Keeps play reports on disk until the server has committed them: one small file each, named by time and play, written under
/// a temporary name and renamed, so it survives a kill at any point. Holds at most <see cref="Limit"/> reports (200 MB on
/// a file system with 4 KB blocks, more than eight days of 15-second plays); beyond that the oldest is dropped and logged.
/// A report timestamped before the server's time was known carries its clock mark and is corrected each time it is read, so
/// nothing is rewritten once the time becomes known.
/// </summary>
sealed class PlayOutbox
{
    /// <summary>Maximum number of reports kept.</summary>
    public const int Limit = 50_000;

    readonly string _folder;
    readonly int _limit;
    readonly ILogger _log;
    readonly ServerClock? _clock;
    readonly Lock _lock = new();
    readonly SortedSet<string> _names = new(StringComparer.Ordinal);
    readonly Channel<bool> _arrivals = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });

    /// <summary>Opens the outbox and removes files that a kill left unfinished.</summary>
    public PlayOutbox(string folder, ILogger log, int limit = Limit, ServerClock? clock = null)
    {
        (_folder, _limit, _log, _clock) = (folder, limit, log, clock);
        Directory.CreateDirectory(folder);
        foreach (var unfinished in Directory.EnumerateFiles(folder, "*" + DurableFile.Unfinished)) File.Delete(unfinished);
        foreach (var file in Directory.EnumerateFiles(folder, "*.json")) _names.Add(Path.GetFileName(file));
        PlayerMeters.OutboxPending.Add(_names.Count);
    }

    /// <summary>Number of reports waiting for delivery.</summary>
    public int Pending
    {
        get
        {
            lock (_lock) return _names.Count;
        }
    }

    /// <summary>Completes when reports may be sent: the server's time is known, so their times can be corrected.</summary>
    public Task Ready => _clock?.Known ?? Task.CompletedTask;

    /// <summary>Signals that a report has arrived. One signal may stand for several.</summary>
    public ChannelReader<bool> Arrivals => _arrivals.Reader;

    /// <summary>Writes a report to disk. Once this returns, a kill does not lose it.</summary>
    /// <param name="report">The report.</param>
    /// <param name="mark">Basis of its times when they are not the server's.</param>
    public void Add(PlayReport report, ClockMark? mark = null)
    {
        var name = $"{report.StartedAt.ToUnixTimeMilliseconds():D15}-{report.PlayId:N}.json";
        lock (_lock)
        {
            while (_names.Count >= _limit)
            {
                var oldest = _names.Min!;
                Forget(oldest);
                File.Delete(Path.Combine(_folder, oldest));
                _log.LogError("The outbox is full at {Limit} reports. The oldest, {Name}, was dropped.", _limit, oldest);
            }
            DurableFile.Write(Path.Combine(_folder, name), Serialize(report, mark));
            if (_names.Add(name)) PlayerMeters.OutboxPending.Add(1);
        }
        _arrivals.Writer.TryWrite(true);
    }

    /// <summary>Returns the oldest reports. A file that cannot be read as one is set aside and logged.</summary>
    public IReadOnlyList<(string Name, PlayReport Report)> Oldest(int count)
    {
        lock (_lock)
        {
            var reports = new List<(string, PlayReport)>();
            foreach (var name in _names.ToArray())
            {
                if (reports.Count == count) break;
                try
                {
                    reports.Add((name, Read(Path.Combine(_folder, name))));
                }
                catch (Exception e) when (e is JsonException or FileNotFoundException)
                {
                    SetAside(name, e.Message);
                }
            }
            return reports;
        }
    }

    /// <summary>Removes a report that the server has committed or can never accept.</summary>
    public void Remove(string name)
    {
        lock (_lock)
        {
            File.Delete(Path.Combine(_folder, name));
            Forget(name);
        }
    }

    /// <summary>Takes a report out of the queue but keeps its file for inspection.</summary>
    public void SetAside(string name, string reason)
    {
        lock (_lock)
        {
            _log.LogError("Play report {Name} is set aside: {Reason}", name, reason);
            var path = Path.Combine(_folder, name);
            // Keep at most 100 files as evidence, so that the disk does not fill up.
            if (File.Exists(path))
            {
                if (Directory.EnumerateFiles(_folder, "*.aside").Count() < 100) File.Move(path, path + ".aside", overwrite: true);
                else File.Delete(path);
            }
            Forget(name);
        }
    }

    // One JSON object: the report's values, plus the clock mark if there is one.
    static byte[] Serialize(PlayReport report, ClockMark? mark)
    {
        var file = JsonSerializer.SerializeToNode(report)!.AsObject();
        if (mark is not null) file[nameof(Marked.Clock)] = JsonSerializer.SerializeToNode(mark);
        return JsonSerializer.SerializeToUtf8Bytes(file);
    }

    PlayReport Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var report = JsonSerializer.Deserialize<PlayReport>(bytes) ?? throw new JsonException("The file contains no report.");
        if (JsonSerializer.Deserialize<Marked>(bytes)?.Clock is not { } mark || _clock?.ShiftOf(mark) is not { } shift) return report;
        return report with { StartedAt = report.StartedAt + shift, EndedAt = report.EndedAt + shift };
    }

    void Forget(string name)
    {
        if (_names.Remove(name)) PlayerMeters.OutboxPending.Add(-1);
    }

    sealed record Marked(ClockMark? Clock);
}
