using FaceAd.Web.Language;

namespace FaceAd.Web.Components.Charts;

/// <summary>How a chart's values are drawn.</summary>
public enum ChartKind
{
    /// <summary>Columns over named places.</summary>
    Columns = 0,

    /// <summary>Bars lying on their side.</summary>
    Bars = 1,

    /// <summary>Columns and lines over time.</summary>
    Time = 2,
}

/// <summary>Everything that a chart shows. C# computes it; the browser only draws it.</summary>
public sealed record ChartSpec
{
    /// <summary>How it is drawn.</summary>
    public required ChartKind Kind { get; init; }

    /// <summary>What it shows, in words; read aloud, and the caption of its table.</summary>
    public required string Title { get; init; }

    /// <summary>Names of the places, written as the reader reads them.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>
    /// For <see cref="ChartKind.Time"/>: the places as milliseconds since 1970 on the local clock (not UTC), as many as <see cref="Labels"/>.
    /// </summary>
    public IReadOnlyList<long>? Times { get; init; }

    /// <summary>The series, each with one value for every place.</summary>
    public required IReadOnlyList<ChartSeries> Series { get; init; }

    /// <summary>One colour for every place instead of one for every series: names of CSS variables.</summary>
    public IReadOnlyList<string>? PlaceColours { get; init; }

    /// <summary>What stands for a value that is null.</summary>
    public string Missing { get; init; } = Display.Dash;

    /// <summary>Height in CSS pixels.</summary>
    public int Height { get; init; } = 260;
}

/// <summary>One series of a chart.</summary>
/// <param name="Name">Its name, as the reader reads it.</param>
/// <param name="Colour">Name of a CSS variable, such as "--accent".</param>
/// <param name="Values">One for every place; null where there is none.</param>
/// <param name="Line">In a chart over time: a line instead of columns.</param>
/// <param name="SecondScale">Whether it has a scale of its own, on the other side.</param>
public sealed record ChartSeries(string Name, string Colour, IReadOnlyList<double?> Values, bool Line = false, bool SecondScale = false);
