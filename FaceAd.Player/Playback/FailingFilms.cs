namespace FaceAd.Player.Playback;

/// <summary>
/// Which films fail on this screen. One that failed twice, while others played, is left out for a day. When nothing plays it is the page
/// that fails, and no film is blamed; unless it is the only one, and fails in a new page, too.
/// </summary>
sealed class FailingFilms
{
    /// <summary>How long a film is left out before it is tried again.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromDays(1);

    const int Most = 2;

    // By hash: another version of a film is another file.
    readonly Dictionary<string, Record> _films = [];

    /// <summary>Whether any film has failed.</summary>
    public bool Any => _films.Count > 0;

    /// <summary>Whether a film is left out.</summary>
    public bool Has(string sha256, DateTimeOffset now) =>
        _films.TryGetValue(sha256, out var film) && film.Failures >= Most && now - film.FailedAt < Rest;

    /// <summary>Whether a film has failed since it last played.</summary>
    public bool HasFailed(string sha256) => _films.ContainsKey(sha256);

    /// <summary>A film failed.</summary>
    /// <returns>Whether it is left out from now on.</returns>
    public bool Failed(string sha256, DateTimeOffset now)
    {
        var failures = !_films.TryGetValue(sha256, out var film) ? 1 : film.OthersPlayed ? film.Failures + 1 : film.Failures;
        _films[sha256] = new Record(failures, now, OthersPlayed: false);
        return failures >= Most;
    }

    /// <summary>A film played.</summary>
    public void Played(string sha256)
    {
        if (_films.Count == 0) return;
        _films.Remove(sha256);
        foreach (var (other, film) in _films) _films[other] = film with { OthersPlayed = true };
    }

    /// <summary>The page was started anew, and there is no other film: that tells the film's fault from the page's.</summary>
    public void InNewPage(string sha256)
    {
        if (_films.TryGetValue(sha256, out var film)) _films[sha256] = film with { OthersPlayed = true };
    }

    /// <summary>Forgets films that are no longer in the programme.</summary>
    public void KeepOnly(IReadOnlySet<string> programme)
    {
        foreach (var gone in _films.Keys.Where(f => !programme.Contains(f)).ToList()) _films.Remove(gone);
    }

    /// <summary>Shifts its times, because the clock was stepped.</summary>
    public void Shift(TimeSpan step)
    {
        foreach (var (hash, film) in _films) _films[hash] = film with { FailedAt = film.FailedAt + step };
    }

    readonly record struct Record(int Failures, DateTimeOffset FailedAt, bool OthersPlayed);
}
