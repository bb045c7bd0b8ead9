namespace FaceAd.Player.Clock;

/// <summary>
/// Says what a stamp that was taken before the server's time was known rests on, so that it can be put right later. The machine's
/// monotonic clock is the same for all processes from one start of the machine to the next.
/// </summary>
/// <param name="Boot">Identity of this run of the machine, from its start to its shutdown.</param>
/// <param name="Zero">What the stamping clock would have shown when the monotonic clock was zero.</param>
internal sealed record ClockMark(string Boot, DateTimeOffset Zero);

/// <summary>One look at the clock.</summary>
/// <param name="Now">The time.</param>
/// <param name="Stepped">All that the clock has been stepped by since the process started; a stamp of before is that much off what it would be now.</param>
/// <param name="Mark">What the time rests on while the server's is unknown; null when it is the server's.</param>
internal readonly record struct ClockReading(DateTimeOffset Now, TimeSpan Stepped, ClockMark? Mark);
