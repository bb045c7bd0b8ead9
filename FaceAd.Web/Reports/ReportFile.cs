using System.Globalization;
using CsvHelper;

namespace FaceAd.Web.Reports;

/// <summary>A report's table as CSV (RFC 4180, UTF-8 with a mark, so that spreadsheets read Korean).</summary>
static class ReportFile
{
    /// <summary>Stands for a figure that fewer persons than may be told stand behind.</summary>
    public const string Few = "<5";

    // A name that begins like a formula is not one.
    private static readonly CsvWriterOptions Options = new() { WriteByteOrderMark = true, Injection = CsvInjection.Escape };

    /// <summary>The table: numbers for machines, empty where undefined. A table has some thousand rows at most.</summary>
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

    private static string Text(ReportValue value) =>
        value.Text ?? (value.Few ? Few : value.Number is { } number ? Math.Round(number, 6).ToString(CultureInfo.InvariantCulture) : "");
}
