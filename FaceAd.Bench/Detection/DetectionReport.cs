using System.Globalization;
using System.Text.Json;
using FaceAd.Bench.Evaluation;

namespace FaceAd.Bench.Detection;

/// <summary>Report of <c>./bench detect</c>. As JSON, property names and their order are part of the interface.</summary>
/// <param name="Mode">"full" or "tiles".</param>
/// <param name="Pictures">Number of labelled pictures.</param>
/// <param name="Unreadable">Number of pictures that could not be decoded: their faces count as missed.</param>
/// <param name="Faces">Number of labelled faces that count in figures over all sizes.</param>
/// <param name="Sizes">Precision and recall by height of the box.</param>
/// <param name="OddPose">Recall of turned faces.</param>
/// <param name="Sweep">Recall at the target precision.</param>
/// <param name="Portraits">Share of easy portraits with at least one face; null when none were given.</param>
/// <param name="MillisecondsPerPicture">Time of detector, cropping and landmarks, without reading and decoding.</param>
/// <param name="DetectorRunsPerPicture">Mean number of detector runs.</param>
sealed record DetectionReport(
    string Mode, int Pictures, int Unreadable, int Faces, IReadOnlyList<SizeScores> Sizes, Figure OddPose, SweepScores Sweep,
    Figure? Portraits, double MillisecondsPerPicture, double DetectorRunsPerPicture)
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>The report as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>Prints the report as a table.</summary>
    /// <param name="output">Output of the table.</param>
    public void Print(TextWriter output)
    {
        output.WriteLine(Text($"{Pictures} pictures, {Faces} faces of 20 px and more, unreadable {Unreadable}; mode {Mode}, overlap at least {DetectionMatch.Overlap} of the covered area"));
        output.WriteLine("Sizes are heights of the labelled box in pixels of the picture. Figures with 95 % intervals.");
        output.WriteLine();
        output.WriteLine($"  {"height",-10}{"precision",-26}{"boxes",6}   {"recall",-26}{"faces",6}");
        foreach (var size in Sizes)
            output.WriteLine(Text($"  {size.Name,-10}{size.Precision.ToText(),-26}{size.Precision.Count,6}   {size.Recall.ToText(),-26}{size.Recall.Count,6}"));
        output.WriteLine(Text($"  {"odd pose",-10}{"",-26}{"",6}   {OddPose.ToText(),-26}{OddPose.Count,6}"));
        output.WriteLine();
        var threshold = Sweep.Threshold is { } score ? Text($"score {score:F3}") : "never reached";
        output.WriteLine(Text($"recall at 40-80 px at precision {Sweep.Precision:F2} ({threshold}): {Sweep.Recall.ToText()}"));
        output.WriteLine(
            Text($"  threshold from other pictures: recall {Sweep.HeldOutRecall.ToText()}, precision {Sweep.HeldOutPrecision.ToText()}"));
        if (Portraits is { } portraits) output.WriteLine(Text($"portraits with a face found: {portraits.ToText()} n {portraits.Count}"));
        output.WriteLine(Text($"{MillisecondsPerPicture:F1} ms and {DetectorRunsPerPicture:F1} detector runs per picture"));
    }

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
