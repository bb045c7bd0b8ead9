using System.Globalization;
using FaceAd.Core;
using FaceAd.Web.Data;
using FaceAd.Web.Language;
using Microsoft.Extensions.Localization;

namespace FaceAd.Web.Reports;

/// <summary>Names of a report's tables, columns and rows in the reader's language.</summary>
/// <param name="l">The texts.</param>
/// <param name="display">Writes dates and segments.</param>
sealed class ReportText(IStringLocalizer<Texts> l, Display display)
{
    /// <summary>A table's name.</summary>
    public string Table(string key) => l["Report.Table." + key];

    /// <summary>A column's heading; hours are their own.</summary>
    public string Column(ReportTable table, ReportColumn column) =>
        table.Key == ReportTables.Hours && column.Unit != ReportUnit.Text ? column.Key : l["Report.Column." + column.Key];

    /// <summary>A figure's name.</summary>
    /// <param name="key">Such as "reach".</param>
    public string Figure(string key) => l["Report.Column." + key];

    /// <summary>What a row is about: a figure, a segment, an instant, a weekday or a name.</summary>
    public string Row(ReportTable table, string? text) => table.Key switch
    {
        ReportTables.Figures => Figure(text ?? ""),
        ReportTables.Segments when Enum.TryParse<Segment>(text, out var segment) => display.Segment(segment),
        ReportTables.Timeline when InstantOf(text) is { } at => display.Moment(at),
        ReportTables.Hours when Enum.TryParse<DayOfWeek>(text, out var day) =>
            CultureInfo.CurrentUICulture.DateTimeFormat.GetAbbreviatedDayName(day),
        _ => Cell(table, text ?? ""),
    };

    /// <summary>A text in a cell.</summary>
    public string Cell(ReportTable table, string text) =>
        text switch { "yes" => l["Report.Yes"], "no" => l["Report.No"], _ => DayOf(table, text) is { } day ? display.Day(day) : text };

    /// <summary>A cell as a person reads it.</summary>
    public string Value(ReportTable table, IReadOnlyList<ReportValue> row, int column) =>
        row[column] is { Text: { } text } ? Cell(table, text)
        : row[column] is { Number: { } number, UpTo: null } ? UnitOf(table, row, column) switch
        {
            ReportUnit.Share => display.Percent(number),
            ReportUnit.Ratio => display.Ratio(number, 1),
            ReportUnit.Krw => display.Krw(number),
            ReportUnit.Seconds => display.Seconds(number),
            _ => display.Count((long)number),
        }
        : People(row[column]);

    /// <summary>A range of people, or why there is no figure.</summary>
    public string People(ReportValue value) => display.People(value.Figure);

    /// <summary>The day in a cell; null where there is none.</summary>
    public static DateOnly? DayOf(ReportTable table, string? text) =>
        table.Key is ReportTables.Periods or ReportTables.Flights ? IsoDay.Read(text) : null;

    /// <summary>Where a step of the timeline begins; null for anything else.</summary>
    public static DateTimeOffset? InstantOf(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var at) ? at : null;

    /// <summary>A cell's unit; in the table of figures it is the row's.</summary>
    public static ReportUnit UnitOf(ReportTable table, IReadOnlyList<ReportValue> row, int column) =>
        table.Key == ReportTables.Figures ? MetricDefinitions.Of(row[0].Text!).Unit : table.Columns[column].Unit;
}
