namespace FaceAd.Core.Decisions;

/// <summary>A run of consecutive days on air, both ends inclusive, in each site's time zone.</summary>
/// <param name="StartsOn">First day.</param>
/// <param name="EndsOn">Last day.</param>
public readonly record struct Flight(DateOnly StartsOn, DateOnly EndsOn)
{
    /// <summary>Number of days.</summary>
    public int Days => EndsOn.DayNumber - StartsOn.DayNumber + 1;
}
