namespace FaceAd.Bench.Delivery;

/// <summary>A moment at which a screen needs an ad, and who rides past it until that ad ends.</summary>
/// <param name="At">When the ad is chosen.</param>
/// <param name="Site">Number of the site, from 0.</param>
/// <param name="Screen">Number of the screen among all, from 0.</param>
/// <param name="Day">Day of the trace, from 0.</param>
/// <param name="Clock">Hours since midnight on the site's clock.</param>
/// <param name="Seats">The riders.</param>
sealed record Slot(DateTimeOffset At, int Site, int Screen, int Day, double Clock, IReadOnlyList<Seat> Seats)
{
    /// <summary>Running time of every ad.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(15);

    /// <summary>When the ad ends.</summary>
    public DateTimeOffset End => At + Length;

    /// <summary>Hour of the day, 0 to 23.</summary>
    public int Hour => (int)Clock;
}
