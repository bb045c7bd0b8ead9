namespace FaceAd.Web.Plays;

/// <summary>When one screen has played: it shows one thing at a time, so its plays follow one another. Not thread-safe.</summary>
sealed class ScreenTimeline
{
    /// <summary>
    /// How far a play may reach into the next one, at most a fifth of the longer of the two. A player's clock never runs backwards between
    /// two plays (ServerClock), and a play ends when the next one's first frame appears; what is left is how late a busy page tells of its
    /// last frame. No longer than the least exposure, so that it earns none twice.
    /// </summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(1);

    // A play of no length showed one frame.
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(16);

    private static readonly Comparer<(DateTimeOffset From, DateTimeOffset To)> ByStart =
        Comparer<(DateTimeOffset From, DateTimeOffset To)>.Create((one, other) => one.From.CompareTo(other.From));

    private readonly List<(DateTimeOffset From, DateTimeOffset To)> _plays = []; // by start

    /// <summary>Adds a play that has been accepted.</summary>
    public void Add(DateTimeOffset from, DateTimeOffset to) => _plays.Insert(After(from), Shown(from, to));

    /// <summary>Whether another play ran at that time.</summary>
    public bool Overlaps(DateTimeOffset from, DateTimeOffset to)
    {
        var play = Shown(from, to);
        var next = After(from);
        // As these do not overlap each other, of the earlier ones only the last can reach into the play.
        for (var i = Math.Max(0, next - 1); i < _plays.Count && _plays[i].From < play.To; i++)
        {
            if (Collide(_plays[i], play)) return true;
        }
        return false;
    }

    private static bool Collide((DateTimeOffset From, DateTimeOffset To) one, (DateTimeOffset From, DateTimeOffset To) other)
    {
        var (earlier, later) = one.From < other.From || (one.From == other.From && one.To > other.To) ? (one, other) : (other, one);
        var (a, b) = (earlier.To - earlier.From, later.To - later.From);
        var fifth = (a > b ? a : b) / 5;
        return earlier.To - later.From > (fifth < Tolerance ? fifth : Tolerance);
    }

    private static (DateTimeOffset From, DateTimeOffset To) Shown(DateTimeOffset from, DateTimeOffset to) =>
        (from, to - from < Frame ? from + Frame : to);

    // Index of the first play that starts later.
    private int After(DateTimeOffset from)
    {
        var at = _plays.BinarySearch((from, from), ByStart);
        for (at = at < 0 ? ~at : at + 1; at < _plays.Count && _plays[at].From == from;) at++;
        return at;
    }
}
