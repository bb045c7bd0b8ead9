using System.Text.Json;
using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Core.Decisions.Value;
using FaceAd.Core.Offline;
using FaceAd.Player.Clock;

namespace FaceAd.Player.Playback;

/// <summary>
/// Ads while the server is away: its last schedule, and what this screen has used of it. Both are on disk, and a use is there before its
/// play begins: a player that starts again does not begin anew.
/// </summary>
sealed class OfflineAds
{
    readonly string _schedulePath;
    readonly string _usedPath;
    readonly ServerClock _clock;
    readonly Func<IReadOnlyList<Rider>?> _riders;
    readonly ILogger<OfflineAds> _log;
    readonly Lock _lock = new();
    OfflineSchedule? _schedule;
    OfflineTable? _table; // null: the schedule is for the choice by cost per impression
    ScreenMemory? _memory;
    Dictionary<string, OfflineUse> _used;
    string? _problem;
    long _heardAt;
    int _isAlone;

    /// <summary>Reads what the disk has.</summary>
    /// <param name="folder">The player's data folder.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="riders">Asks who is in view; null when nobody can tell.</param>
    /// <param name="log">The log.</param>
    public OfflineAds(string folder, ServerClock clock, Func<IReadOnlyList<Rider>?> riders, ILogger<OfflineAds> log)
    {
        (_clock, _riders, _log) = (clock, riders, log);
        (_schedulePath, _usedPath) = (Path.Combine(folder, "schedule.json"), Path.Combine(folder, "schedule-used.json"));
        _heardAt = clock.GetTimestamp();
        if (Read<OfflineSchedule>(_schedulePath) is { } kept && IsSound(kept)) Take(kept);
        _used = Read<Dictionary<string, OfflineUse>>(_usedPath) ?? [];
    }

    /// <summary>The server has answered.</summary>
    public void Heard()
    {
        Volatile.Write(ref _heardAt, _clock.GetTimestamp());
        if (Interlocked.Exchange(ref _isAlone, 0) == 1) _log.LogInformation("The server is back and decides again.");
    }

    /// <summary>Takes a new schedule. What was used of the same slices stays used.</summary>
    public void Replace(OfflineSchedule schedule)
    {
        if (!IsSound(schedule))
        {
            _log.LogWarning("The server's schedule is malformed and ignored.");
            return;
        }
        lock (_lock)
        {
            Take(schedule);
            Write(_schedulePath, schedule);
        }
    }

    /// <summary>A play begins, whoever decided it.</summary>
    public void Shown(CreativeFile file)
    {
        lock (_lock)
        {
            if (_memory is { } memory) _table?.Show(memory, file.CreativeId, file.Seconds, _clock.GetUtcNow());
        }
    }

    /// <summary>
    /// Begins the next play by the schedule. Null while the server is there or its time is unknown, and when none is due.
    /// </summary>
    /// <param name="ready">Creatives that can be played.</param>
    /// <param name="now">The time.</param>
    public OfflinePlay? Next(IReadOnlySet<Guid> ready, DateTimeOffset now)
    {
        if (!_clock.IsKnown || _clock.GetElapsedTime(Volatile.Read(ref _heardAt)) < OfflineSchedule.Silence) return null;
        lock (_lock)
        {
            if (_schedule is not { } schedule) return null;
            var ticket = _table is { } table
                ? table.Choose(_riders(), _memory!, ready.Contains, UseOf, now)
                : OfflineRule.Choose(schedule, _riders(), ready.Contains, UseOf, now);
            if (ticket is null || OfflineSlice.In(ticket.DecisionId) is not { } slice) return null;
            var use = UseOf(ticket).With(slice, now);
            // Slices that are over count no more; none is longer than a schedule reaches.
            var used = _used.Where(u => now - u.Value.DueAt < 2 * OfflineSchedule.Reach).ToDictionary();
            used[KeyOf(ticket)] = use;
            if (!Write(_usedPath, used)) return null;
            _used = used;
            if (Interlocked.Exchange(ref _isAlone, 1) == 0)
                _log.LogWarning("The server is away: campaigns go on by its last schedule.");
            return new OfflinePlay(slice.PlayId(schedule.PlayKey, ticket.CreativeId, use.Plays), ticket);
        }
    }

    OfflineUse UseOf(OfflineTicket ticket) => _used.GetValueOrDefault(KeyOf(ticket));

    void Take(OfflineSchedule schedule)
    {
        _schedule = schedule;
        _table = OfflineTable.IsFor(schedule) ? new OfflineTable(schedule) : null;
        if (_table is not null) _memory ??= new ScreenMemory(schedule.PlayKey);
    }

    static bool IsSound(OfflineSchedule schedule) => schedule.Offers?.All(offer =>
        offer is { Targets: not null, Tickets: not null } && offer.Tickets.All(ticket => ticket is not null)) == true;

    // The same slice given out again has another ticket.
    static string KeyOf(OfflineTicket ticket) => $"{ticket.CreativeId:N}@{OfflineSlice.In(ticket.DecisionId)?.From:O}";

    T? Read<T>(string path) where T : class
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<T>(File.ReadAllBytes(path)) : null;
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            // Should plays be forgotten so, the server still counts each of the slice's plays once.
            _log.LogWarning("{File} cannot be read and is ignored: {Reason}", path, e.Message);
            return null;
        }
    }

    bool Write<T>(string path, T content)
    {
        try
        {
            DurableFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(content));
            _problem = null;
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Once per kind of problem, not once per try.
            if (e.Message != _problem) _log.LogWarning("{File} cannot be written: {Reason}", path, e.Message);
            _problem = e.Message;
            return false;
        }
    }
}
