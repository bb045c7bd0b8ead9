using FaceAd.Web.Language;

namespace FaceAd.Web.Components.Charts;

/// <summary>How a chart's values are drawn.</summary>
public enum ChartKind
{
    /// <summary>Columns by category.</summary>
    Columns = 0,

    /// <summary>Horizontal bars.</summary>
    Bars = 1,

    /// <summary>Columns and lines over time.</summary>
    Time = 2,
}

/// <summary>Everything a chart shows. C# computes it; the browser only draws it.</summary>
public sealed record ChartSpec
{
    /// <summary>Type of chart.</summary>
    public required ChartKind Kind { get; init; }

    /// <summary>Description of the chart; read by screen readers, and the caption of its table.</summary>
    public required string Title { get; init; }

    /// <summary>Labels of the categories, already formatted for the reader.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>
    /// For <see cref="ChartKind.Time"/>: positions in milliseconds since 1970 on the local clock (not UTC), one per label.
    /// </summary>
    public IReadOnlyList<long>? Times { get; init; }

    /// <summary>The series, each with one value per label.</summary>
    public required IReadOnlyList<ChartSeries> Series { get; init; }

    /// <summary>One colour per label instead of one per series: names of CSS variables.</summary>
    public IReadOnlyList<string>? PlaceColours { get; init; }

    /// <summary>Text for a null value.</summary>
    public string Missing { get; init; } = Display.Dash;

    /// <summary>Height in CSS pixels.</summary>
    public int Height { get; init; } = 260;
}

/// <summary>One series of a chart.</summary>
/// <param name="Name">Its name, already formatted for the reader.</param>
/// <param name="Colour">Name of a CSS variable, such as "--accent".</param>
/// <param name="Values">One value per label; null where there is none.</param>
/// <param name="Line">In a chart over time: a line instead of columns.</param>
/// <param name="SecondScale">Whether it uses a second axis on the opposite side.</param>
public sealed record ChartSeries(string Name, string Colour, IReadOnlyList<double?> Values, bool Line = false, bool SecondScale = false);
