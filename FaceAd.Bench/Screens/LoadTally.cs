using System.Collections.Concurrent;

namespace FaceAd.Bench.Screens;

/// <summary>A command that was due and did not come.</summary>
/// <param name="Screen">The screen.</param>
/// <param name="At">When its cause was sent: an audience report, or the end of a play.</param>
/// <param name="Cause">What should have brought it.</param>
/// <param name="Taken">How the server answered the cause.</param>
/// <param name="Connected">Whether the screen was connected all the time.</param>
sealed record LostPush(BenchScreen Screen, DateTimeOffset At, string Cause, string Taken, bool Connected);

/// <summary>What the screens saw. Thread-safe.</summary>
sealed class LoadTally
{
    private readonly ConcurrentQueue<double> _latencies = new();
    private readonly ConcurrentDictionary<string, int> _errors = new();
    private int _connected, _least, _ends, _plays, _disputed, _beats, _reports;

    /// <summary>Milliseconds from the posting of an audience report to the arrival of its command.</summary>
    public List<double> Latencies => [.. _latencies.Order()];

    /// <summary>Commands that were due and did not come.</summary>
    public ConcurrentQueue<LostPush> Lost { get; } = new();

    /// <summary>What failed, and how often.</summary>
    public IReadOnlyDictionary<string, int> Errors => _errors;

    /// <summary>Screens connected now.</summary>
    public int Connected => Volatile.Read(ref _connected);

    /// <summary>The fewest that were connected since the last <see cref="Restart"/>.</summary>
    public int Least => Volatile.Read(ref _least);

    /// <summary>Commands for what follows a play, of those that came.</summary>
    public int Ends => _ends;

    /// <summary>Plays that were committed.</summary>
    public int Plays => _plays;

    /// <summary>Plays that were disputed: all were honest.</summary>
    public int Disputed => _disputed;

    /// <summary>Heartbeats that were answered.</summary>
    public int Beats => _beats;

    /// <summary>Audience reports that were committed.</summary>
    public int Reports => _reports;

    public void Came() => Interlocked.Increment(ref _connected);

    public void Went()
    {
        var now = Interlocked.Decrement(ref _connected);
        for (var least = Least; now < least && Interlocked.CompareExchange(ref _least, now, least) != least;) least = Least;
    }

    public void Pushed(double milliseconds) => _latencies.Enqueue(milliseconds);

    public void Ended() => Interlocked.Increment(ref _ends);

    public void Played(int accepted, int disputed)
    {
        Interlocked.Add(ref _plays, accepted);
        Interlocked.Add(ref _disputed, disputed);
    }

    public void Beat() => Interlocked.Increment(ref _beats);

    public void Reported() => Interlocked.Increment(ref _reports);

    public void Failed(string what) => _errors.AddOrUpdate(what, 1, (_, n) => n + 1);

    /// <summary>Forgets everything but who is connected.</summary>
    public void Restart()
    {
        _latencies.Clear();
        _errors.Clear();
        Lost.Clear();
        _least = Connected;
        (_ends, _plays, _disputed, _beats, _reports) = (0, 0, 0, 0, 0);
    }
}
