using System.Text.Json;
using System.Threading.Channels;
using FaceAd.Core;
using FaceAd.Core.Proof;
using FaceAd.Player.Clock;

namespace FaceAd.Player.Outbox;

/// <summary>
/// Keeps play reports on disk until the server has committed them: one small file each, named by time and play, written under
/// a temporary name and renamed, so it survives a kill at any point. Holds at most <see cref="Limit"/> reports (200 MB on
/// a file system with 4 KB blocks, more than eight days of 15-second plays); beyond that the oldest is dropped and logged.
/// A report timestamped before the server's time was known carries its clock mark. Each report is sealed once, before it is sent: at
/// once where the server's time and the screen are known and none waits for that, else when it is sent. A sealed one never changes.
/// The folder is read at the first use, not by the constructor: a picture waits for the constructors of all workers, and 50,000 names take
/// a while. A file that a bad disk does not let go is out of the queue all the same, until the next start: then a report that could not be
/// read is tried again, and one that the server has is known to it.
/// </summary>
sealed class PlayOutbox
{
    /// <summary>Maximum number of reports kept.</summary>
    public const int Limit = 50_000;

    readonly string _folder;
    readonly int _limit;
    readonly PlaySigner _signer;
    readonly ILogger _log;
    readonly ServerClock? _clock;
    readonly Lock _lock = new();
    readonly Channel<bool> _arrivals = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });

    SortedSet<string>? _names;
    int _unsealed; // of these
    bool _isStuck; // told, once

    public PlayOutbox(string folder, PlaySigner signer, ILogger log, int limit = Limit, ServerClock? clock = null) =>
        (_folder, _signer, _log, _limit, _clock) = (folder, signer, log, limit, clock);

    /// <summary>Number of reports waiting for delivery.</summary>
    public int Pending
    {
        get
        {
            lock (_lock) return Names().Count;
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
        var name = OutboxName.Of(report);
        lock (_lock)
        {
            var names = Names();
            while (names.Count >= _limit)
            {
                var oldest = names.Min!;
                Delete(oldest);
                _log.LogError("The outbox is full at {Limit} reports. The oldest, {Name}, was dropped.", _limit, oldest);
            }
            // A report that waits for the time or the screen has its turn first; there may be many, and playback waits for this one.
            if (mark is not null || _unsealed > 0 || !TrySeal(name, report))
            {
                DurableFile.Write(Path.Combine(_folder, name), Serialize(report, mark));
                Remember(name);
            }
        }
        _arrivals.Writer.TryWrite(true);
    }

    /// <summary>
    /// Returns the oldest reports, sealed now unless they are; those that cannot be sealed yet are left out, as no server would count them.
    /// A file that cannot be read as one is out of the queue and logged.
    /// </summary>
    /// <exception cref="IOException">A new key or a seal cannot be written.</exception>
    public IReadOnlyList<(string Name, PlayReport Report)> Oldest(int count)
    {
        lock (_lock)
        {
            var reports = new List<(string, PlayReport)>();
            foreach (var name in Names().ToArray())
            {
                if (reports.Count == count) break;
                if (!OutboxName.IsSealed(name) && !CanSeal) continue;
                if (ReadOrForget(name) is not { } report) continue;
                if (report.Seal is not null) reports.Add((name, report));
                else if (Seal(name, report) is { } done) reports.Add(done);
            }
            return reports;
        }
    }

    /// <summary>Removes a report that the server has committed or can never accept.</summary>
    public void Remove(string name)
    {
        lock (_lock) Delete(name);
    }

    /// <summary>Goes on with a new key if these reports have the present one: the server knows other plays under their numbers.</summary>
    public void RenewKey(IEnumerable<PlayReport> reports)
    {
        lock (_lock)
        {
            _ = Names();
            if (reports.Any(r => r.Seal is { } seal && PlayKey.FingerprintOf(seal.Key) == _signer.Fingerprint)) _signer.Renew();
        }
    }

    /// <summary>Takes a report out of the queue but keeps its file for inspection.</summary>
    public void SetAside(string name, string reason)
    {
        lock (_lock)
        {
            _log.LogError("Play report {Name} is set aside: {Reason}", name, reason);
            var path = Path.Combine(_folder, name);
            TakeAway(name, () =>
            {
                // Keep at most 100 files as evidence, so that the disk does not fill up.
                if (!File.Exists(path)) return;
                if (Directory.EnumerateFiles(_folder, "*.aside").Count() < 100) File.Move(path, path + ".aside", overwrite: true);
                else File.Delete(path);
            });
        }
    }

    // The names of the waiting reports. The first call also removes files that a kill left unfinished, or has left sealed and unsealed, and
    // finds the end of the chain. Under the lock.
    SortedSet<string> Names()
    {
        if (_names is not null) return _names;
        Directory.CreateDirectory(_folder);
        foreach (var unfinished in Directory.EnumerateFiles(_folder, "*" + DurableFile.Unfinished)) Try(() => File.Delete(unfinished));
        SortedSet<string> names = new(Directory.EnumerateFiles(_folder, "*.json").Select(f => Path.GetFileName(f)), StringComparer.Ordinal);
        foreach (var name in names.Where(OutboxName.IsSealed).Select(OutboxName.Unsealed).Where(names.Contains).ToArray())
        {
            Try(() => File.Delete(Path.Combine(_folder, name)));
            names.Remove(name);
        }
        _unsealed = names.Count(n => !OutboxName.IsSealed(n));
        if (_signer.Fingerprint is { } key && names.Where(n => OutboxName.NumberOf(n, key) > _signer.Number)
            .MaxBy(n => OutboxName.NumberOf(n, key)) is { } newest) _signer.Resume(TryRead(newest));
        PlayerMeters.OutboxPending.Add(names.Count);
        return _names = names;
    }

    // One JSON object: the report's values, plus the clock mark if there is one.
    static byte[] Serialize(PlayReport report, ClockMark? mark)
    {
        var file = JsonSerializer.SerializeToNode(report)!.AsObject();
        if (mark is not null) file[nameof(Marked.Clock)] = JsonSerializer.SerializeToNode(mark);
        return JsonSerializer.SerializeToUtf8Bytes(file);
    }

    // Whether the server's time and the screen are known.
    bool CanSeal => _clock?.IsKnown != false && _signer.Sealer is not null;

    // Seals a report and writes it, before what it was written as until now goes; null while it cannot be sealed.
    (string Name, PlayReport Report)? Seal(string name, PlayReport report)
    {
        if (!CanSeal || _signer.Sealer is not { } sealer) return null;
        var done = sealer.Seal(report);
        var sealedName = OutboxName.Sealed(name, sealer.Fingerprint, done.Seal!.Number);
        DurableFile.Write(Path.Combine(_folder, sealedName), Serialize(done, null));
        sealer.Keep(done);
        Remember(sealedName);
        Forget(name);
        Try(() => File.Delete(Path.Combine(_folder, name)));
        return (sealedName, done);
    }

    // Without a place for a key the report is kept all the same; it goes out once it can be sealed.
    bool TrySeal(string name, PlayReport report)
    {
        try
        {
            return Seal(name, report) is not null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _log.LogError("Play report {Name} cannot be sealed now: {Reason}", name, e.Message);
            return false;
        }
    }

    PlayReport Read(string name)
    {
        var bytes = File.ReadAllBytes(Path.Combine(_folder, name));
        var report = JsonSerializer.Deserialize<PlayReport>(bytes) ?? throw new JsonException("The file contains no report.");
        if (JsonSerializer.Deserialize<Marked>(bytes)?.Clock is not { } mark || _clock?.ShiftOf(mark) is not { } shift) return report;
        return report with { StartedAt = report.StartedAt + shift, EndedAt = report.EndedAt + shift };
    }

    PlayReport? TryRead(string name)
    {
        try
        {
            return Read(name);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // One report that cannot be read must not keep the later ones waiting.
    PlayReport? ReadOrForget(string name)
    {
        try
        {
            return Read(name);
        }
        catch (Exception e) when (e is JsonException or FileNotFoundException)
        {
            SetAside(name, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) // the disk's fault: it may be whole
        {
            _log.LogError("Play report {Name} cannot be read, and is tried again at the next start: {Reason}", name, e.Message);
            Forget(name);
        }
        return null;
    }

    void Delete(string name) => TakeAway(name, () => File.Delete(Path.Combine(_folder, name)));

    void TakeAway(string name, Action take)
    {
        Try(() =>
        {
            KeepChain(name);
            take();
        });
        Forget(name);
    }

    void Try(Action change)
    {
        try
        {
            change();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!_isStuck) _log.LogError("The outbox cannot be tidied: {Reason}", e.Message);
            _isStuck = true;
        }
    }

    // The newest sealed report is the end of the chain: it may go once that is written elsewhere.
    void KeepChain(string name)
    {
        if (_signer.Fingerprint is { } key && OutboxName.NumberOf(name, key) == _signer.Number) _signer.Keep();
    }

    void Remember(string name)
    {
        if (!Names().Add(name)) return;
        if (!OutboxName.IsSealed(name)) _unsealed++;
        PlayerMeters.OutboxPending.Add(1);
    }

    void Forget(string name)
    {
        if (!Names().Remove(name)) return;
        if (!OutboxName.IsSealed(name)) _unsealed--;
        PlayerMeters.OutboxPending.Add(-1);
    }

    sealed record Marked(ClockMark? Clock);
}
