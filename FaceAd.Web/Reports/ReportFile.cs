using System.Globalization;
using CsvHelper;
using FaceAd.Web.Metrics;

namespace FaceAd.Web.Reports;

/// <summary>A report's table as CSV (RFC 4180, UTF-8 with a byte order mark, so that spreadsheets read Korean).</summary>
static class ReportFile
{
    /// <summary>Stands for a figure withheld because it is based on too few people.</summary>
    public static readonly string Few = "<" + SmallCounts.Step.ToString(CultureInfo.InvariantCulture);

    // Names that start like a formula are escaped (CSV injection).
    private static readonly CsvWriterOptions Options = new() { WriteByteOrderMark = true, Injection = CsvInjection.Escape };

    /// <summary>
    /// Writes the table: numbers in machine-readable form, empty where undefined. A table has a few thousand rows at most.
    /// </summary>
    public static byte[] Write(ReportTable table)
    {
        using var file = new MemoryStream();
        using (var csv = CsvWriter.Create(file, Options, leaveOpen: true))
        {
            csv.WriteRecord([.. table.Columns.Select(c => c.Key)]);
            foreach (var row in table.Rows) csv.WriteRecord([.. row.Select(Text)]);
        }
        return file.ToArray();
    }

    /// <summary>
    /// What stands in place of a number: a name, <see cref="Few"/>, or a range; null for an exact number, and for none.
    /// </summary>
    // Not "5-9", which spreadsheets take for a date.
    public static string? Words(ReportValue value) =>
        value.Text ?? (value.Few ? Few
            : value.UpTo is { } most ? string.Create(CultureInfo.InvariantCulture, $"{value.Number} to {most}") : null);

    private static string Text(ReportValue value) =>
        Words(value) ?? (value.Number is { } number ? Math.Round(number, 6).ToString(CultureInfo.InvariantCulture) : value.Why switch
        {
            NoFigure.Children => "not counted for children",
            NoFigure.Withheld => "withheld",
            NoFigure.Erased => "erased",
            NoFigure.TooEarly => "too early",
            NoFigure.OtherPeriod => "other counting period",
            NoFigure.WholeOnly => "whole campaign only",
            _ => "",
        });
}
