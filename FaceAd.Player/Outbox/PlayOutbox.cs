using System.Text.Json;
using System.Threading.Channels;
using FaceAd.Contracts;

namespace FaceAd.Player.Outbox;

/// <summary>
/// Play reports on disk until the server has committed them: one small file each, named by time and play, written
/// beside its place and renamed, so that it survives a kill at any point. It holds at most <see cref="Limit"/> reports
/// (200 MB on a file system of 4 KB blocks, more than eight days of plays of 15 seconds); beyond that the oldest is
/// given up for the newest, with a line in the log.
/// </summary>
internal sealed class PlayOutbox
{
    /// <summary>The most reports kept.</summary>
    public const int Limit = 50_000;

    readonly string _folder;
    readonly int _limit;
    readonly ILogger _log;
    readonly Lock _lock = new();
    readonly SortedSet<string> _names = new(StringComparer.Ordinal);
    readonly Channel<bool> _arrivals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });

    /// <summary>Opens the outbox; what a kill left half written is removed.</summary>
    public PlayOutbox(string folder, ILogger log, int limit = Limit)
    {
        (_folder, _limit, _log) = (folder, limit, log);
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

    /// <summary>Signals that a report has arrived. One signal may stand for several.</summary>
    public ChannelReader<bool> Arrivals => _arrivals.Reader;

    /// <summary>Puts a report on disk. When this returns, a kill does not lose it.</summary>
    public void Add(PlayReport report)
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
            DurableFile.Write(Path.Combine(_folder, name), JsonSerializer.SerializeToUtf8Bytes(report));
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
                    var report = JsonSerializer.Deserialize<PlayReport>(File.ReadAllBytes(Path.Combine(_folder, name)));
                    reports.Add((name, report ?? throw new JsonException("The file holds no report.")));
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

    void Forget(string name)
    {
        if (_names.Remove(name)) PlayerMeters.OutboxPending.Add(-1);
    }
}
