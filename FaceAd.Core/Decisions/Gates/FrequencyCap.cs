namespace FaceAd.Core.Decisions.Gates;

/// <summary>The most exposures of one person to a campaign in a unit of time.</summary>
/// <param name="Most">How many.</param>
/// <param name="Per">The unit of time.</param>
/// <param name="Hard">
/// Hard: one person in view who has had that many keeps the campaign off the screen. Soft: such a person is worth nothing to it.
/// </param>
public readonly record struct FrequencyCap(int Most, CapUnit Per, bool Hard)
{
    /// <summary>Whether riders who are not recognised are worth nothing. By default they are worth as much as new ones.</summary>
    public bool SkipsUnrecognised { get; init; }

    /// <summary>Whether a rider in view keeps the campaign off the screen.</summary>
    /// <param name="exposures">The rider's exposures to the campaign.</param>
    /// <param name="windows">Where the units of time begin.</param>
    public bool Excludes(in CampaignExposures exposures, in CapWindows windows) =>
        Hard && exposures.IsRecognised && exposures.CountSince(windows.From(Per)) >= Most;

    /// <summary>Whether a rider is worth nothing.</summary>
    /// <param name="exposures">The rider's exposures to the campaign.</param>
    /// <param name="windows">Where the units of time begin.</param>
    public bool Skips(in CampaignExposures exposures, in CapWindows windows) => !exposures.IsRecognised ? SkipsUnrecognised
        : !Hard && exposures.CountSince(windows.From(Per)) >= Most;
}
