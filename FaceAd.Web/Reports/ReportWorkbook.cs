using FaceAd.Web.Language;
using Microsoft.Extensions.Localization;
using SpreadCheetah;
using SpreadCheetah.Styling;
using SpreadCheetah.Worksheets;

namespace FaceAd.Web.Reports;

/// <summary>
/// A report as a workbook (XLSX) in the reader's language: a sheet for each table, the figures first. Numbers, shares and dates are what
/// they are, so that they can be summed and sorted; text is never a formula, whatever it begins with.
/// </summary>
/// <param name="l">The texts.</param>
/// <param name="words">Names tables, columns and rows.</param>
/// <param name="display">Writes dates.</param>
sealed class ReportWorkbook(IStringLocalizer<Texts> l, ReportText words, Display display)
{
    /// <summary>Media type of the file.</summary>
    public const string MediaType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    private const int MostSheetName = 31;
    private const string NotInSheetNames = @"[]:*?/\'";

    // In the order in which a reader asks.
    private static readonly string[] Sheets =
    [
        ReportTables.Figures, ReportTables.Periods, ReportTables.Timeline, ReportTables.Sites, ReportTables.Segments,
        ReportTables.Creatives, ReportTables.Screens, ReportTables.Frequency, ReportTables.Hours,
        ReportTables.Flights, ReportTables.Definitions,
    ];

    /// <summary>Writes a report. A table has a few thousand rows at most.</summary>
    public async Task<byte[]> WriteAsync(CampaignReport report, CancellationToken cancellation)
    {
        using var file = new MemoryStream();
        await using (var book = await Spreadsheet.CreateNewAsync(file, cancellationToken: cancellation))
        {
            var styles = new Styles(book);
            foreach (var table in Sheets.Select(report.Find).OfType<ReportTable>())
                await WriteAsync(book, styles, report, table, cancellation);
            await book.FinishAsync(cancellation);
        }
        return file.ToArray();
    }

    private async Task WriteAsync(
        Spreadsheet book, Styles styles, CampaignReport report, ReportTable table, CancellationToken cancellation)
    {
        var about = table.Key == ReportTables.Figures ? About(report) : [];
        var options = new WorksheetOptions { FrozenRows = about.Count + 1, FrozenColumns = 1 };
        for (var i = 0; i < table.Columns.Count; i++) options.Column(i + 1).Width = Width(table, i);
        await book.StartWorksheetAsync(SheetName(words.Table(table.Key)), options, cancellation);
        foreach (var (name, text) in about)
            await book.AddRowAsync([new Cell(name, styles.Head), new Cell(Clean(text))], cancellation);
        await book.AddRowAsync([.. table.Columns.Select(c => new Cell(words.Column(table, c), styles.Head))], cancellation);
        foreach (var row in table.Rows)
        {
            await book.AddRowAsync(
                [First(report, table, row[0], styles), .. row.Skip(1).Select((value, i) =>
                    Of(table, value, styles, ReportText.UnitOf(table, row, i + 1)))],
                cancellation);
        }
    }

    private List<(string Name, string Text)> About(CampaignReport report) =>
    [
        (l["Report.About.campaign"], report.Campaign.Name),
        (l["Report.About.days"], display.Days(report.Days.FirstDay, report.Days.LastDay)),
        (l["Report.About.people"], display.Days(report.Window.FirstDay, report.Window.LastDay)),
        (l["Report.About.places"], report.Places.Count == 0 ? l["Campaign.AllSites"] : string.Join(", ", report.Places)),
        (l["Report.About.owner"], report.MediaOwner),
        (l["Report.About.made"], display.Moment(report.ComputedAt)),
    ];

    private Cell First(CampaignReport report, ReportTable table, ReportValue value, Styles styles) =>
        table.Key == ReportTables.Timeline && ReportText.InstantOf(value.Text) is { } at
            ? new Cell(report.Calendar.ClockAt(at), styles.Moment)
        : Day(table, value, styles) ?? new Cell(Clean(words.Row(table, value.Text)));

    // In place of a number that is not shown there is the reason; of one that is undefined, nothing.
    private Cell Of(ReportTable table, ReportValue value, Styles styles, ReportUnit unit) =>
        Day(table, value, styles) ?? (value.Text is { } text ? new Cell(Clean(words.Cell(table, text)))
            : value.Why is not null || value.UpTo is not null ? new Cell(words.People(value), styles.Of(unit))
            : new Cell(value.Number, styles.Of(unit)));

    private static Cell? Day(ReportTable table, ReportValue value, Styles styles) =>
        ReportText.DayOf(table, value.Text) is { } day ? new Cell(day.ToDateTime(TimeOnly.MinValue), styles.Day) : null;

    // Names are wide, numbers narrow; a heading is seen whole. A wide Korean letter takes two places.
    private double Width(ReportTable table, int column)
    {
        if (table.Key == ReportTables.Definitions) return table.Columns[column].Key is "definition" ? 90 : 34;
        if (column == 0) return table.Key is ReportTables.Timeline or ReportTables.Frequency or ReportTables.Hours ? 20 : 34;
        return table.Key == ReportTables.Hours ? 7
            : Math.Max(12, words.Column(table, table.Columns[column]).Sum(c => char.IsAscii(c) ? 1 : 2) + 3);
    }

    private static string SheetName(string name)
    {
        var legal = new string([.. name.Select(c => NotInSheetNames.Contains(c, StringComparison.Ordinal) ? ' ' : c)]);
        return legal.Length > MostSheetName ? legal[..MostSheetName] : legal;
    }

    // What XML cannot hold is left out.
    private static string Clean(string text) => string.Concat(text.EnumerateRunes()
        .Where(r => r.Value is >= 0x20 and not 0xFFFE and not 0xFFFF || r.Value is '\n' or '\t').Select(r => r.ToString()));

    private sealed class Styles(Spreadsheet book)
    {
        private readonly StyleId _count = Add(book, "#,##0"), _share = Add(book, "0.0%"), _ratio = Add(book, "#,##0.00"),
            _seconds = Add(book, "0.0");

        public StyleId Head { get; } = book.AddStyle(new Style { Font = { Bold = true } });

        public StyleId Day { get; } = Add(book, "yyyy-mm-dd");

        public StyleId Moment { get; } = Add(book, "yyyy-mm-dd hh:mm");

        public StyleId Of(ReportUnit unit) => unit switch
        {
            ReportUnit.Share => _share,
            ReportUnit.Ratio => _ratio,
            ReportUnit.Seconds => _seconds,
            _ => _count,
        };

        private static StyleId Add(Spreadsheet book, string format) =>
            book.AddStyle(new Style { Format = NumberFormat.Custom(format) });
    }
}
