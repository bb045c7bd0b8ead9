namespace FaceAd.Player.Clock;

/// <summary>
/// The basis of a timestamp taken before the server's time was known, so that it can be corrected later. The machine's monotonic
/// clock is the same for all processes from one boot to the next.
/// </summary>
/// <param name="Boot">Id of the current boot of the machine.</param>
/// <param name="Zero">The timestamping clock's time when the monotonic clock was zero.</param>
sealed record ClockMark(string Boot, DateTimeOffset Zero);

/// <summary>One reading of the clock.</summary>
/// <param name="Now">The time.</param>
/// <param name="Stepped">Sum of all clock steps since the process started. Timestamps from before a step are off by its length.</param>
/// <param name="Mark">Basis of the time while the server's is unknown; null when it is the server's.</param>
readonly record struct ClockReading(DateTimeOffset Now, TimeSpan Stepped, ClockMark? Mark);
