namespace FaceAd.Core.Decisions;

/// <summary>A play that has ended on a screen.</summary>
/// <param name="CampaignId">Its campaign; null for the house loop.</param>
/// <param name="CreativeId">Its creative; null for the house loop.</param>
/// <param name="EndedAt">When it ended.</param>
public readonly record struct ScreenPlay(Guid? CampaignId, Guid? CreativeId, DateTimeOffset EndedAt);

/// <summary>What a screen showed last. Immutable.</summary>
/// <param name="Plays">Ended plays, newest first, at most <see cref="Kept"/>.</param>
public sealed record ScreenHistory(IReadOnlyList<ScreenPlay> Plays)
{
    /// <summary>Plays kept: about five minutes of ads of fifteen seconds.</summary>
    public const int Kept = 20;

    /// <summary>Nothing is known of the screen.</summary>
    public static ScreenHistory Empty { get; } = new([]);

    /// <summary>The history with one more play; the oldest goes when there are too many.</summary>
    /// <param name="play">The play.</param>
    public ScreenHistory With(ScreenPlay play) => new([play, .. Plays.Take(Kept - 1)]);
}
