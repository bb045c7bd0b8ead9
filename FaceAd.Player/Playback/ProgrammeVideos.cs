using FaceAd.Core;

namespace FaceAd.Player.Playback;

/// <summary>The programme's videos: which are in the cache, which fail on this screen, and whose turn it is in the house loop.</summary>
sealed class ProgrammeVideos
{
    readonly FailingVideos _failing = new();
    Dictionary<Guid, CreativeFile> _files = [];
    IReadOnlyList<Guid> _houseLoop = [];
    static readonly TimeSpan LastResortEvery = TimeSpan.FromMinutes(1);

    int _houseIndex;
    DateTimeOffset _lastResortAt = DateTimeOffset.MinValue;

    /// <summary>Creatives that are in the cache and verified.</summary>
    public IReadOnlySet<Guid> Ready { get; set; } = new HashSet<Guid>();

    /// <summary>Takes a new programme.</summary>
    public void Replace(ScreenProgramme programme)
    {
        _files = programme.Creatives.GroupBy(c => c.CreativeId).ToDictionary(g => g.Key, g => g.First());
        _houseLoop = programme.HouseLoop;
        _failing.KeepOnly(programme.Creatives.Select(c => c.Sha256).ToHashSet());
    }

    /// <summary>A creative's video; null when it is not in the cache, or left out.</summary>
    public CreativeFile? Playable(Guid? creative, DateTimeOffset now) =>
        creative is { } id && Ready.Contains(id) && _files.TryGetValue(id, out var file) && !_failing.Has(file.Sha256, now) ? file : null;

    /// <summary>The creatives that are in the cache and not left out.</summary>
    public IReadOnlySet<Guid> AllPlayable(DateTimeOffset now) =>
        _failing.Any ? Ready.Where(id => Playable(id, now) is not null).ToHashSet() : Ready;

    /// <summary>Whether a creative fails on this screen and is left out.</summary>
    public bool IsLeftOut(Guid? creative, DateTimeOffset now) =>
        _failing.Any && creative is { } id && _files.TryGetValue(id, out var file) && _failing.Has(file.Sha256, now);

    /// <summary>The creatives that fail on this screen and are left out.</summary>
    public IReadOnlyList<Guid> LeftOut(DateTimeOffset now) => _failing.Any ? [.. _files.Keys.Where(id => IsLeftOut(id, now))] : [];

    /// <summary>
    /// The next of the house loop; null when none of it is playable. When all of it is left out, one of it is tried once in a while: a
    /// video that may fail is better than no picture.
    /// </summary>
    public CreativeFile? NextOfHouse(DateTimeOffset now)
    {
        if (NextOfHouse(id => Playable(id, now)) is { } file) return file;
        if (!_failing.Any || now - _lastResortAt < LastResortEvery) return null;
        _lastResortAt = now;
        return NextOfHouse(id => Ready.Contains(id) ? _files.GetValueOrDefault(id) : null);
    }

    CreativeFile? NextOfHouse(Func<Guid, CreativeFile?> playable)
    {
        for (var step = 0; step < _houseLoop.Count; step++)
        {
            var index = (_houseIndex + step) % _houseLoop.Count;
            if (playable(_houseLoop[index]) is not { } file) continue;
            _houseIndex = index + 1;
            return file;
        }
        return null;
    }

    /// <summary>Whether a video has failed since it last played.</summary>
    public bool HasFailed(CreativeFile video) => _failing.HasFailed(video.Sha256);

    /// <summary>A video failed.</summary>
    /// <returns>Whether it is left out from now on.</returns>
    public bool Failed(CreativeFile video, DateTimeOffset now) => _failing.Failed(video.Sha256, now);

    /// <summary>A video played.</summary>
    public void Played(CreativeFile video) => _failing.Played(video.Sha256);

    /// <summary>Shifts all stored times, because the clock was stepped.</summary>
    public void Shift(TimeSpan step) => _failing.Shift(step);
}
