namespace FaceAd.Demo.History;

/// <summary>The clock of the time in which the history is made: it stands still until it is set.</summary>
/// <param name="now">The instant.</param>
sealed class HistoryClock(DateTimeOffset now) : TimeProvider
{
    /// <summary>The instant.</summary>
    public DateTimeOffset Now { get; set; } = now;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => Now;
}
