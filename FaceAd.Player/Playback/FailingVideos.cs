namespace FaceAd.Player.Playback;

/// <summary>
/// Which videos fail on this screen. One that failed twice, while others played, is left out for a day. When nothing plays it is the page
/// that fails, and no video is blamed.
/// </summary>
sealed class FailingVideos
{
    /// <summary>How long a video is left out before it is tried again.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromDays(1);

    const int Most = 2;

    // By hash: another version of a video is another file.
    readonly Dictionary<string, Record> _videos = [];

    /// <summary>Whether any video has failed.</summary>
    public bool Any => _videos.Count > 0;

    /// <summary>Whether a video is left out.</summary>
    public bool Has(string sha256, DateTimeOffset now) =>
        _videos.TryGetValue(sha256, out var video) && video.Failures >= Most && now - video.FailedAt < Rest;

    /// <summary>Whether a video has failed since it last played.</summary>
    public bool HasFailed(string sha256) => _videos.ContainsKey(sha256);

    /// <summary>A video failed.</summary>
    /// <returns>Whether it is left out from now on.</returns>
    public bool Failed(string sha256, DateTimeOffset now)
    {
        var failures = !_videos.TryGetValue(sha256, out var video) ? 1 : video.OthersPlayed ? video.Failures + 1 : video.Failures;
        _videos[sha256] = new Record(failures, now, OthersPlayed: false);
        return failures >= Most;
    }

    /// <summary>A video played.</summary>
    public void Played(string sha256)
    {
        if (_videos.Count == 0) return;
        _videos.Remove(sha256);
        foreach (var (other, video) in _videos) _videos[other] = video with { OthersPlayed = true };
    }

    /// <summary>Forgets videos that are no longer in the programme.</summary>
    public void KeepOnly(IReadOnlySet<string> programme)
    {
        foreach (var gone in _videos.Keys.Where(f => !programme.Contains(f)).ToList()) _videos.Remove(gone);
    }

    /// <summary>Shifts its times, because the clock was stepped.</summary>
    public void Shift(TimeSpan step)
    {
        foreach (var (hash, video) in _videos) _videos[hash] = video with { FailedAt = video.FailedAt + step };
    }

    readonly record struct Record(int Failures, DateTimeOffset FailedAt, bool OthersPlayed);
}
