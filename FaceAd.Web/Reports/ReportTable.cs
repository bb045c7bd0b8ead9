using FaceAd.Web.Metrics;

namespace FaceAd.Web.Reports;

/// <summary>Unit of a column's values, which decides how they are formatted.</summary>
public enum ReportUnit
{
    /// <summary>A name.</summary>
    Text = 0,

    /// <summary>A count.</summary>
    Count = 1,

    /// <summary>A share, 0..1.</summary>
    Share = 2,

    /// <summary>A ratio such as Frequency.</summary>
    Ratio = 3,

    /// <summary>Whole KRW.</summary>
    Krw = 4,

    /// <summary>Seconds.</summary>
    Seconds = 5,
}

/// <summary>A column of a report's table.</summary>
/// <param name="Key">Its name in files and in the API, such as "impressions"; never translated.</param>
/// <param name="Unit">Unit of its values.</param>
public readonly record struct ReportColumn(string Key, ReportUnit Unit);

/// <summary>A value in a report, as its reader may see it.</summary>
/// <param name="Text">A name; null for numbers.</param>
/// <param name="Figure">A number, a range, or why there is none.</param>
public readonly record struct ReportValue(string? Text, ShownFigure Figure = default)
{
    /// <summary>The number, or the lower end of its range; null when there is none to show.</summary>
    public double? Number => Figure.Value;

    /// <summary>Whether it is withheld because it is based on too few people.</summary>
    public bool Few => Figure.Few;

    /// <summary>The upper end of a number given as a range, inclusive; null for an exact one.</summary>
    public double? UpTo => Figure.UpTo;

    /// <summary>Why there is no number although one could be expected; null otherwise.</summary>
    public NoFigure? Why => Text is null && Figure is { Value: null, Why: not NoFigure.Undefined } ? Figure.Why : null;

    /// <summary>A name.</summary>
    public static ReportValue Of(string text) => new(text);

    /// <summary>A number; null when undefined.</summary>
    public static ReportValue Of(double? number) => new(null, new ShownFigure(number));

    /// <summary>A figure, or why there is none.</summary>
    public static ReportValue Of(ShownFigure figure) => new(null, figure);
}

/// <summary>One table of a report.</summary>
/// <param name="Key">Its name in files, page addresses and the API, such as "segments".</param>
/// <param name="Columns">Its columns; the first names the row.</param>
/// <param name="Rows">Its rows, each with a value for every column.</param>
public sealed record ReportTable(string Key, IReadOnlyList<ReportColumn> Columns, IReadOnlyList<IReadOnlyList<ReportValue>> Rows);
