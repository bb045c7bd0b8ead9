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
/// <param name="Number">A number; null when it is undefined or withheld.</param>
/// <param name="Few">Whether it is withheld because it is based on too few people.</param>
public readonly record struct ReportValue(string? Text, double? Number, bool Few)
{
    /// <summary>A name.</summary>
    public static ReportValue Of(string text) => new(text, null, false);

    /// <summary>A number; null when undefined.</summary>
    public static ReportValue Of(double? number) => new(null, number, false);

    /// <summary>A figure about people.</summary>
    public static ReportValue Of(Metrics.PersonFigure figure) => new(null, figure.Value, figure.Few);
}

/// <summary>One table of a report.</summary>
/// <param name="Key">Its name in files, page addresses and the API, such as "segments".</param>
/// <param name="Columns">Its columns; the first names the row.</param>
/// <param name="Rows">Its rows, each with a value for every column.</param>
public sealed record ReportTable(string Key, IReadOnlyList<ReportColumn> Columns, IReadOnlyList<IReadOnlyList<ReportValue>> Rows);
