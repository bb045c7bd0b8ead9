using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FaceAd.Bench.Evaluation;

/// <summary>Report of <c>./bench evaluate</c>. As JSON, property names and their order are part of the interface.</summary>
/// <param name="Models">Models that estimated.</param>
/// <param name="Part">Part of the set: all, held-out or training.</param>
/// <param name="Unreadable">Number of pictures that could not be decoded; they also count as without a face.</param>
/// <param name="Scores">The scores.</param>
sealed record EvaluationReport(string Models, string Part, int Unreadable, EvaluationScores Scores)
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    /// <summary>The report as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>Prints the report as a table.</summary>
    /// <param name="output">Output of the table.</param>
    public void Print(TextWriter output)
    {
        var scores = Scores;
        var missed = Figure.Proportion(scores.NotFound, scores.Pictures);
        output.WriteLine(Text($"{scores.Pictures} pictures ({Part}), faces not found in {scores.NotFound}: {missed.ToText()}; unreadable {Unreadable}; models {Models}"));
        output.WriteLine("Figures with 95 % intervals, over the pictures in which a face was found unless said otherwise.");
        Print(output, "Four bands, definition A (true ages 9-19 left out)", scores.BandsA, coverage: false);
        Print(output, "Four bands, definition B (kids 0-19, all ages)", scores.BandsB, coverage: false);
        Print(output, "Six segments (definition B, as the product targets)", scores.Segments, coverage: true);
        output.WriteLine();
        output.WriteLine("Gender and age");
        Row(output, "gender", scores.Gender);
        Row(output, "  not found counts as wrong", scores.GenderNotFoundWrong);
        Row(output, "gender at 20-59", scores.GenderAt20To59);
        Row(output, "mean absolute error of age", scores.MeanAbsoluteError, digits: 2);
    }

    static void Print(TextWriter output, string title, ClassScores scores, bool coverage)
    {
        output.WriteLine();
        output.WriteLine(title);
        Row(output, "accuracy", scores.Accuracy);
        Row(output, "  not found counts as wrong", scores.AccuracyNotFoundWrong);
        Row(output, "balanced accuracy", scores.BalancedAccuracy);
        Row(output, "lowest recall", scores.LowestRecall);
        Row(output, "calibration error", scores.CalibrationError);
        foreach (var one in scores.Classes)
            output.WriteLine(Text($"  {one.Name,-12}recall {one.Recall.ToText()} n {one.Recall.Count}, precision {one.Precision.ToText()} n {one.Precision.Count}"));
        if (!coverage) return;
        foreach (var gate in scores.Coverage)
        {
            Row(output, Text($"confidence {gate.Confidence:F1}: coverage"), gate.Coverage);
            Row(output, Text($"confidence {gate.Confidence:F1}: accuracy"), gate.Accuracy);
        }
    }

    static void Row(TextWriter output, string name, Figure figure, int digits = 3) =>
        output.WriteLine(Text($"  {name,-32}{figure.ToText(digits),-24}  n {figure.Count}"));

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
