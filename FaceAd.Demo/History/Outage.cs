using FaceAd.Demo.History.Riders;

namespace FaceAd.Demo.History;

/// <summary>A time in which a screen saw nobody, and so had only its house loop to show.</summary>
/// <param name="Building">Place among <see cref="Building.All"/>.</param>
/// <param name="Screen">Place of the screen in its building.</param>
/// <param name="Day">The day on which it began, counted from today.</param>
/// <param name="FromHour">Hour of that day in which it began.</param>
/// <param name="Hours">How long it lasted.</param>
sealed record Outage(int Building, int Screen, int Day, int FromHour, int Hours)
{
    /// <summary>Hours before it in which the camera already lost some frames: what ran then was not measured throughout.</summary>
    public const int Ailing = 5;

    /// <summary>A camera that failed for a day, and a screen that was silent for two.</summary>
    public static IReadOnlyList<Outage> All { get; } = [new(1, 2, -9, 11, 24), new(2, 1, -20, 18, 46)];

    /// <summary>Whether an instant lies in it.</summary>
    /// <param name="start">The first instant of today.</param>
    /// <param name="at">The instant.</param>
    /// <param name="before">Hours before it that count, too.</param>
    public bool Holds(DateTimeOffset start, DateTimeOffset at, int before = 0)
    {
        var from = start.AddDays(Day).AddHours(FromHour);
        return at >= from.AddHours(-before) && at < from.AddHours(Hours);
    }
}
