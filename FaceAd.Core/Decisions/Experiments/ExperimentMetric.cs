namespace FaceAd.Core.Decisions.Experiments;

/// <summary>
/// By what creatives are compared: a figure from 0 to 1 of each person, over the person's exposures to their own arm on the first day with
/// any. The values are stored in the database: never reuse one.
/// </summary>
public enum ExperimentMetric
{
    /// <summary>Share of the seconds in view in which the person faced the screen.</summary>
    Attention = 0,

    /// <summary>Share of the exposures that were completed views.</summary>
    CompletedViews = 1,
}
