using FaceAd.Core.Decisions.Experiments;

namespace FaceAd.Web.Campaigns.Experiments;

/// <summary>What an experiment is to be.</summary>
/// <param name="Metric">By what creatives are compared.</param>
/// <param name="Smallest">The smallest difference worth knowing, such as 0.03.</param>
/// <param name="ControlId">The creative that the others are measured by.</param>
/// <param name="WinnerTakesAll">Whether a winner has all plays from then on.</param>
public sealed record ExperimentTerms(ExperimentMetric Metric, double Smallest, Guid ControlId, bool WinnerTakesAll)
{
    /// <summary>Usual smallest difference.</summary>
    public const double UsualSmallest = 0.03;
}

/// <summary>Why an experiment cannot be started.</summary>
enum ExperimentProblem
{
    /// <summary>The campaign is not booked, or has no whole day left.</summary>
    NotOnAir = 0,

    /// <summary>It has a single creative, or more than <see cref="Arms.Most"/>.</summary>
    Creatives = 1,

    /// <summary>Its creatives are shown in their order.</summary>
    InSequence = 2,

    /// <summary>It targets children only, of whom nobody is recognised.</summary>
    OnlyChildren = 3,

    /// <summary>One is running.</summary>
    Running = 4,

    /// <summary>The metric, the smallest difference or the control is none that can be asked for.</summary>
    Terms = 5,
}
