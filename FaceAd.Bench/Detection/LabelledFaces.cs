using System.Globalization;
using FaceAd.Bench.Evaluation;
using FaceAd.Inference.Imaging;

namespace FaceAd.Bench.Detection;

/// <summary>A labelled face in a picture.</summary>
/// <param name="Box">Box in pixels of the picture.</param>
/// <param name="Ignored">Whether it is excluded: finding it counts neither for nor against.</param>
/// <param name="OddPose">Whether it is labelled as turned or tilted.</param>
readonly record struct LabelledFace(FaceBox Box, bool Ignored = false, bool OddPose = false);

/// <summary>The labelled faces of one picture.</summary>
/// <param name="File">The picture, relative to the folder of pictures.</param>
/// <param name="Faces">The labelled faces, at least one.</param>
sealed record LabelledFaces(string File, IReadOnlyList<LabelledFace> Faces)
{
    /// <summary>
    /// Reads a file of boxes, one face per row: columns file, x, y, width, height (pixels); optionally pose (1: odd) and invalid (1:
    /// ignore), the flags of WIDER FACE; other columns are ignored. A box without width or height counts as ignored too.
    /// </summary>
    /// <param name="csv">The file.</param>
    /// <returns>The pictures, in the order of their first rows.</returns>
    /// <exception cref="LabelException">A column is missing, a row cannot be read, or there is no row.</exception>
    public static List<LabelledFaces> ReadAll(string csv)
    {
        using var table = new LabelTable(csv, "file", "x", "y", "width", "height");
        List<LabelledFaces> pictures = [];
        Dictionary<string, List<LabelledFace>> faces = new(StringComparer.Ordinal);
        while (table.Read())
        {
            var file = table["file"];
            if (!faces.TryGetValue(file, out var own))
            {
                faces.Add(file, own = []);
                pictures.Add(new LabelledFaces(file, own));
            }
            var box = new FaceBox(Number(table, "x"), Number(table, "y"), Number(table, "width"), Number(table, "height"));
            if (box.Width < 0 || box.Height < 0) throw table.Fault("width and height of a box must not be negative");
            own.Add(new LabelledFace(box, Flag(table, "invalid") || box.Width == 0 || box.Height == 0, Flag(table, "pose")));
        }
        return pictures.Count > 0 ? pictures : throw table.Empty();
    }

    static float Number(LabelTable table, string column) =>
        float.TryParse(table[column], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && float.IsFinite(value)
            ? value
            : throw table.Fault($"{column} \"{table[column]}\" is not a number of pixels");

    static bool Flag(LabelTable table, string column) => table.Optional(column) switch
    {
        null or "0" => false,
        "1" => true,
        var other => throw table.Fault($"{column} \"{other}\" is neither 0 nor 1"),
    };
}
