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

    /// <summary>
    /// For <see cref="ChartKind.Time"/>: how long a step is, in milliseconds, when each value covers the step that begins at its position;
    /// null for values at a moment.
    /// </summary>
    public long? Step { get; init; }

    /// <summary>The series, each with one value per label.</summary>
    public required IReadOnlyList<ChartSeries> Series { get; init; }

    /// <summary>What the labels are, such as "Day"; written along the axis.</summary>
    public string? Across { get; init; }

    /// <summary>What the values are, such as "Impressions"; written along the axis.</summary>
    public string? Up { get; init; }

    /// <summary>What the values on the second scale are.</summary>
    public string? SecondUp { get; init; }

    /// <summary>For <see cref="ChartKind.Time"/>: what happened meanwhile, in the order of time.</summary>
    public IReadOnlyList<ChartMark> Marks { get; init; } = [];

    /// <summary>One colour per label instead of one per series: names of CSS variables.</summary>
    public IReadOnlyList<string>? PlaceColours { get; init; }

    /// <summary>Text for a null value.</summary>
    public string Missing { get; init; } = Display.Dash;

    /// <summary>Height in CSS pixels.</summary>
    public int Height { get; init; } = 260;

    /// <summary>The old spec of an unchanged chart, so that it is not drawn again; otherwise the new one.</summary>
    /// <param name="old">What is drawn; null before the first.</param>
    /// <param name="now">What there is to draw.</param>
    public static ChartSpec Newer(ChartSpec? old, ChartSpec now) =>
        old is not null && old.Labels.SequenceEqual(now.Labels) && old.Marks.SequenceEqual(now.Marks)
        && old.Series.Count == now.Series.Count
        && old.Series.Zip(now.Series).All(p => p.First.Name == p.Second.Name && p.First.Values.SequenceEqual(p.Second.Values))
            ? old
            : now;
}

/// <summary>One series of a chart.</summary>
/// <param name="Name">Its name, already formatted for the reader.</param>
/// <param name="Colour">Name of a CSS variable, such as "--accent".</param>
/// <param name="Values">One value per label; null where there is none.</param>
/// <param name="Line">In a chart over time: a line instead of columns.</param>
/// <param name="SecondScale">Whether it uses a second axis on the opposite side.</param>
public sealed record ChartSeries(string Name, string Colour, IReadOnlyList<double?> Values, bool Line = false, bool SecondScale = false);

/// <summary>Something that happened, drawn into a chart over time with its number, and told below it.</summary>
/// <param name="From">Position, as in <see cref="ChartSpec.Times"/>.</param>
/// <param name="Until">End of a span; null for a moment.</param>
/// <param name="Text">What happened and when, already formatted for the reader.</param>
/// <param name="Colour">Name of a CSS variable.</param>
public sealed record ChartMark(long From, long? Until, string Text, string Colour);
