namespace FaceAd.Web.Metrics;

/// <summary>Why a figure is not shown.</summary>
public enum NoFigure
{
    /// <summary>It is undefined, such as a Frequency when nobody was reached.</summary>
    Undefined = 0,

    /// <summary>It is based on fewer than <see cref="SmallCounts.Step"/> people.</summary>
    Few = 1,

    /// <summary>Children are not recognised, so people are not counted.</summary>
    Children = 2,

    /// <summary>Together with other figures it would reveal individuals.</summary>
    Withheld = 3,

    /// <summary>The records of people have been erased, and it is not kept without them.</summary>
    Erased = 4,

    /// <summary>Too little has been counted: see <see cref="CostFigures.Least"/>.</summary>
    TooEarly = 5,

    /// <summary>People of another counting period are not counted together with those of this one.</summary>
    OtherPeriod = 6,

    /// <summary>It is defined for the whole campaign and its whole flight only.</summary>
    WholeOnly = 7,

    /// <summary>The campaign has not begun.</summary>
    NotBegun = 8,
}

/// <summary>A figure as a given user may see it.</summary>
/// <param name="Value">The figure, or the lower end of its range; null when there is none to show.</param>
/// <param name="Why">Why there is none; of no meaning beside a value.</param>
/// <param name="UpTo">The upper end of a count given as a range, inclusive; null for an exact figure.</param>
public readonly record struct ShownFigure(double? Value, NoFigure Why = NoFigure.Undefined, double? UpTo = null)
{
    /// <summary>Whether it is withheld because it is based on too few people.</summary>
    public bool Few => Value is null && Why == NoFigure.Few;

    /// <summary>No figure.</summary>
    /// <param name="why">Why.</param>
    public static ShownFigure No(NoFigure why) => new(null, why);
}
