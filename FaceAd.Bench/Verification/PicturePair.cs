using FaceAd.Bench.Evaluation;

namespace FaceAd.Bench.Verification;

/// <summary>One row of a file of pairs.</summary>
/// <param name="Line">Line in the file, from 1.</param>
/// <param name="First">A picture, relative to the folder of pictures.</param>
/// <param name="Second">The other picture, likewise.</param>
/// <param name="Same">Whether they show the same person.</param>
sealed record PicturePair(long Line, string First, string Second, bool Same)
{
    /// <summary>Reads a file of pairs: columns a, b, same (1 or 0); other columns are ignored.</summary>
    /// <param name="csv">The file.</param>
    /// <exception cref="LabelException">A column is missing, a row cannot be read, or there is no row.</exception>
    public static List<PicturePair> ReadAll(string csv)
    {
        using var table = new LabelTable(csv, "a", "b", "same");
        List<PicturePair> rows = [];
        while (table.Read())
        {
            rows.Add(new PicturePair(table.Line, table["a"], table["b"], table["same"] switch
            {
                "1" => true,
                "0" => false,
                var other => throw table.Fault($"same \"{other}\" is neither 1 nor 0"),
            }));
        }
        return rows.Count > 0 ? rows : throw table.Empty();
    }
}
