namespace FaceAd.Tests.Support;

/// <summary>A clock that stands still until it is set.</summary>
/// <param name="now">The instant.</param>
public sealed class SetClock(DateTimeOffset now) : TimeProvider
{
    /// <summary>The instant.</summary>
    public DateTimeOffset Now { get; set; } = now;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => Now;
}
