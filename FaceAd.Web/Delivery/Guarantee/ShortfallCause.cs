namespace FaceAd.Web.Delivery.Guarantee;

/// <summary>Why target impressions are missing.</summary>
public enum ShortfallKind
{
    /// <summary>The goal was raised when part of the flight was over.</summary>
    GoalRaised = 0,

    /// <summary>Less than the goal was forecast when it was booked.</summary>
    BookedTooMuch = 1,

    /// <summary>It was approved when part of the flight was over.</summary>
    LateStart = 2,

    /// <summary>It was paused.</summary>
    Paused = 3,

    /// <summary>Screens were not heard.</summary>
    ScreensAway = 4,

    /// <summary>Screens were heard, and their cameras saw nobody where many were expected.</summary>
    CamerasBlind = 5,

    /// <summary>Fewer of its people came than in the weeks before.</summary>
    FewerPeople = 6,

    /// <summary>Other campaigns were worth more.</summary>
    Outbid = 7,

    /// <summary>Its people had seen it as often as it allows.</summary>
    FrequencyCap = 8,

    /// <summary>Its category had just been shown.</summary>
    Separation = 9,

    /// <summary>A child was likely in view, and it is not for children.</summary>
    Child = 10,

    /// <summary>Nobody's segment was known well enough.</summary>
    Confidence = 11,

    /// <summary>Its creatives were not on the screens yet.</summary>
    Creative = 12,

    /// <summary>Nothing that is stored explains it.</summary>
    Unknown = 13,
}

/// <summary>A cause of a shortfall, and what it cost. Definitions: docs/metrics.md, "Causes of a shortfall".</summary>
/// <param name="Kind">What.</param>
/// <param name="Impressions">Target impressions that it cost to date, about; at least 1.</param>
public sealed record ShortfallCause(ShortfallKind Kind, long Impressions)
{
    /// <summary>Screens that it happened to; 0 where that says nothing.</summary>
    public int Screens { get; init; }

    /// <summary>Hours that it lasted, of all screens together; of the flight for a late start and pauses.</summary>
    public double Hours { get; init; }

    /// <summary>By how much fewer people came, 0..1.</summary>
    public double Fewer { get; init; }
}
