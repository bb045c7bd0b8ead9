using System.Text.Json;
using System.Threading.Channels;
using FaceAd.Core;
using FaceAd.Player.Clock;

namespace FaceAd.Player.Outbox;

/// <summary>
/// Play reports on disk until the server has committed them: one small file each, named by time and play, written
/// beside its place and renamed, so that it survives a kill at any point. It holds at most <see cref="Limit"/> reports
/// (200 MB on a file system of 4 KB blocks, more than eight days of plays of 15 seconds); beyond that the oldest is
/// given up for the newest, with a line in the log. A report that was stamped before the server's time was known says so in its file and is
/// put right whenever it is read, so that nothing needs to be written again when the time becomes known.
/// </summary>
internal sealed class PlayOutbox
{
    /// <summary>The most reports kept.</summary>
    public const int Limit = 50_000;

    readonly string _folder;
    readonly int _limit;
    readonly ILogger _log;
    readonly ServerClock? _clock;
    readonly Lock _lock = new();
    readonly SortedSet<string> _names = new(StringComparer.Ordinal);
    readonly Channel<bool> _arrivals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });

    /// <summary>Opens the outbox; what a kill left half written is removed.</summary>
    public PlayOutbox(string folder, ILogger log, int limit = Limit, ServerClock? clock = null)
    {
        (_folder, _limit, _log, _clock) = (folder, limit, log, clock);
        Directory.CreateDirectory(folder);
        foreach (var unfinished in Directory.EnumerateFiles(folder, "*" + DurableFile.Unfinished)) File.Delete(unfinished);
        foreach (var file in Directory.EnumerateFiles(folder, "*.json")) _names.Add(Path.GetFileName(file));
        PlayerMeters.OutboxPending.Add(_names.Count);
    }

    /// <summary>Reports that wait.</summary>
    public int Pending
    {
        get
        {
            lock (_lock) return _names.Count;
        }
    }

    /// <summary>Completes when reports may leave: the server's time is known, and so are the times of the plays.</summary>
    public Task Ready => _clock?.Known ?? Task.CompletedTask;

    /// <summary>Signals that a report has arrived. One signal may stand for several.</summary>
    public ChannelReader<bool> Arrivals => _arrivals.Reader;

    /// <summary>Puts a report on disk. When this returns, a kill does not lose it.</summary>
    /// <param name="report">The report.</param>
    /// <param name="mark">What its times rest on, when they are not the server's.</param>
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
                _log.LogError("The outbox is full with {Limit} reports; the oldest, {Name}, is given up.", _limit, oldest);
            }
            DurableFile.Write(Path.Combine(_folder, name), Serialize(report, mark));
            if (_names.Add(name)) PlayerMeters.OutboxPending.Add(1);
        }
        _arrivals.Writer.TryWrite(true);
    }

    /// <summary>The oldest reports. A file that cannot be understood is set aside, with a line in the log.</summary>
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

    /// <summary>Takes a report out of the queue and keeps its file for a person to look at.</summary>
    public void SetAside(string name, string reason)
    {
        lock (_lock)
        {
            _log.LogError("Play report {Name} is set aside: {Reason}", name, reason);
            var path = Path.Combine(_folder, name);
            // One name for all of a kind would be bounded but lose evidence; a hundred is enough of both.
            if (File.Exists(path))
            {
                if (Directory.EnumerateFiles(_folder, "*.aside").Count() < 100) File.Move(path, path + ".aside", overwrite: true);
                else File.Delete(path);
            }
            Forget(name);
        }
    }

    // One object: the report, and beside its values the mark, where there is one.
    static byte[] Serialize(PlayReport report, ClockMark? mark)
    {
        var file = JsonSerializer.SerializeToNode(report)!.AsObject();
        if (mark is not null) file[nameof(Marked.Clock)] = JsonSerializer.SerializeToNode(mark);
        return JsonSerializer.SerializeToUtf8Bytes(file);
    }

    PlayReport Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var report = JsonSerializer.Deserialize<PlayReport>(bytes) ?? throw new JsonException("The file holds no report.");
        if (JsonSerializer.Deserialize<Marked>(bytes)?.Clock is not { } mark || _clock?.ShiftOf(mark) is not { } shift) return report;
        return report with { StartedAt = report.StartedAt + shift, EndedAt = report.EndedAt + shift };
    }

    void Forget(string name)
    {
        if (_names.Remove(name)) PlayerMeters.OutboxPending.Add(-1);
    }

    sealed record Marked(ClockMark? Clock);
}
