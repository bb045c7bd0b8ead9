using System.Globalization;

namespace FaceAd.Bench.Evaluation;

/// <summary>One row of a label file.</summary>
/// <param name="Line">Line in the file, from 1.</param>
/// <param name="File">The picture, relative to the folder of pictures.</param>
/// <param name="Age">Age in years.</param>
/// <param name="Male">Whether a man or boy.</param>
sealed record LabelledPicture(long Line, string File, int Age, bool Male)
{
    /// <summary>Highest age in a label.</summary>
    public const int MaxAge = 120;

    /// <summary>Reads a label file: columns file, age (whole years), gender (M or F); other columns are ignored.</summary>
    /// <param name="csv">The file.</param>
    /// <exception cref="LabelException">A column is missing, a row cannot be read, a
    /// picture is named twice, or there is no row.</exception>
    public static List<LabelledPicture> ReadAll(string csv)
    {
        using var table = new LabelTable(csv, "file", "age", "gender");
        List<LabelledPicture> rows = [];
        Dictionary<string, long> lines = new(StringComparer.Ordinal);
        while (table.Read())
        {
            var row = new LabelledPicture(table.Line, table["file"], ReadAge(table), ReadMale(table));
            if (!lines.TryAdd(row.File, row.Line))
                throw table.Fault($"\"{row.File}\" stands in line {lines[row.File]} already; keep one row for each picture");
            rows.Add(row);
        }
        return rows.Count > 0 ? rows : throw table.Empty();
    }

    static int ReadAge(LabelTable table) =>
        int.TryParse(table["age"], NumberStyles.None, CultureInfo.InvariantCulture, out var age) && age <= MaxAge
            ? age
            : throw table.Fault($"age \"{table["age"]}\" is not a whole number of years from 0 to {MaxAge}");

    static bool ReadMale(LabelTable table) => table["gender"] switch
    {
        "M" or "m" => true,
        "F" or "f" => false,
        var other => throw table.Fault($"gender \"{other}\" is neither M nor F"),
    };
}
