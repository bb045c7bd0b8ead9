using FaceAd.Core;

namespace FaceAd.Player.Playback;

/// <summary>What fails or stands still: a video is skipped; only when what follows does not start either, the page is restarted.</summary>
sealed partial class PlaybackMachine
{
    /// <summary>How long the next run may take to start after one that stood still; then it is the page, which is restarted.</summary>
    public static readonly TimeSpan DoubtPatience = TimeSpan.FromSeconds(2);

    const int MostFailures = 3; // of any videos, while none plays

    /// <summary>The page cannot play a run.</summary>
    public IReadOnlyList<PlaybackEffect> Failed(long runId, string reason, DateTimeOffset now)
    {
        var effects = new List<PlaybackEffect>();
        var failed = _loading is { } loading && loading.Run.Id == runId ? loading.Run : _current?.Run;
        if (failed?.Id != runId) return [];
        if (_loading?.Run.Id == runId) _loading = null;
        else Close(PlayEnd.Failed, null, effects);
        Blame(failed, reason, effects, now);
        // A house loop of broken files must not spin.
        if (++_failures >= MostFailures) effects.AddRange(Restart($"The page failed to play {_failures} times: {reason}.", now));
        else if (_current is null) PlayNext(effects, now);
        return effects;
    }

    /// <summary>Advances time. Call it a few times a second.</summary>
    public IReadOnlyList<PlaybackEffect> Tick(DateTimeOffset now)
    {
        // After a long gap it was this process that stood still: it cannot say that the page was silent.
        if (now - _tickedAt > TimeSpan.FromSeconds(1))
        {
            _current?.HeardAt = now;
            if (_loading is { } waited) _loading = waited with { Since = now };
        }
        _tickedAt = now;
        if (!Rendering) return [];
        if (_loading is { } loading && now - loading.Since > (_doubted ? DoubtPatience : PagePatience.Start))
            return StoodStill(loading.Run, "it shows no first frame", now);
        if (_current is not { } current) return _loading is null && (Alone(now) ?? House(now)) is { } show ? [show] : [];
        if (now - current.HeardAt > PagePatience.Frame)
            return StoodStill(current.Run, $"it stands still after {current.MediaTime.TotalSeconds:0.0} s", now);
        var remaining = current.Length - current.MediaTime - (now - current.LastFrameAt);
        if (current.EndingTold || remaining > EndingNotice) return [];
        current.EndingTold = true;
        var left = remaining < TimeSpan.Zero ? TimeSpan.Zero : remaining;
        return [new TellEnding(new PlayEnding(current.Run.IsHouse ? null : current.Run.File.CreativeId, left))];
    }

    // The video is skipped, and its last frame stays until the next one's first. When that does not come either, or nothing plays for long,
    // it is the page's fault.
    List<PlaybackEffect> StoodStill(Run run, string reason, DateTimeOffset now)
    {
        if (_doubted || ++_failures >= MostFailures) return Restart($"The page does not play run {run.Id} either: {reason}.", now);
        var effects = new List<PlaybackEffect>();
        if (_loading?.Run != run) Close(PlayEnd.Failed, null, effects);
        else if (_current is { } current)
        {
            // What is on the screen plays on.
            _loading = null;
            effects.Add(new Withdraw(run, current.Run));
        }
        else _loading = null;
        _doubted = _current is null;
        Blame(run, reason, effects, now);
        if (_loading is null && _current is null) PlayNext(effects, now);
        return effects;
    }

    void Blame(Run run, string reason, List<PlaybackEffect> effects, DateTimeOffset now)
    {
        var isLeftOut = _videos.Failed(run.File, now);
        effects.Add(new Note($"The page cannot play run {run.Id} of \"{run.File.Name}\": {reason}."
            + (isLeftOut ? " It is left out for a day." : ""), null));
    }

    // The page counts as lost from here on; a new one will connect to render.
    List<PlaybackEffect> Restart(string reason, DateTimeOffset now)
    {
        (_failures, _doubted) = (0, false);
        return [new RestartPage(reason), .. Lose(again: true)];
    }
}
