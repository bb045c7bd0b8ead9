using FaceAd.Bench.Detection;
using FaceAd.Bench.Evaluation;
using FaceAd.Inference;
using FaceAd.Inference.Detection;

namespace FaceAd.Bench.Peers;

/// <summary>Cost and accuracy of one program on one set of pictures. Scores that do not apply are null.</summary>
/// <param name="Name">Name of the program.</param>
/// <param name="Version">Version of the program; for ours, the models.</param>
/// <param name="CpuSeconds">CPU seconds per picture, without decoding. Mean; bootstrap over pictures.</param>
/// <param name="TimesOurs">Cost as a multiple of ours on the same pictures. Bootstrap over pictures.</param>
/// <param name="DecodeCpuSeconds">CPU seconds per picture for decoding, by the program's usual means.</param>
/// <param name="Found">Share of the labelled pictures with at least one face found. Wilson.</param>
/// <param name="Bands">Accuracy of the four age bands (0-19, 20-39, 40-59, 60 and more), of those found. Wilson.</param>
/// <param name="BandsNotFoundWrong">The same over all pictures: a missed face counts as wrong. Wilson.</param>
/// <param name="Gender">Accuracy of gender, of those found. Wilson.</param>
/// <param name="AgeError">Mean absolute error in years, of those with an estimate. Bootstrap.</param>
/// <param name="Sizes">Precision and recall of detection by size.</param>
sealed record PeerScores(
    string Name, string Version, Figure CpuSeconds, Figure TimesOurs, Figure DecodeCpuSeconds, Figure? Found = null, Figure? Bands = null,
    Figure? BandsNotFoundWrong = null, Figure? Gender = null, Figure? AgeError = null, IReadOnlyList<SizeScores>? Sizes = null)
{
    /// <summary>Computes the cost of a program relative to ours.</summary>
    /// <param name="name">Name of the program.</param>
    /// <param name="run">Its run.</param>
    /// <param name="ours">Our run over the same pictures.</param>
    public static PeerScores Cost(string name, PeerRun run, PeerRun ours)
    {
        var figures = new Bootstrap().Figures(
            run.Pictures.Count,
            weights => Mean(run.Pictures, weights, p => p.Cpu),
            weights => Mean(run.Pictures, weights, p => p.Cpu) / Mean(ours.Pictures, weights, p => p.Cpu),
            weights => Mean(run.Pictures, weights, p => p.DecodeCpu));
        return new PeerScores(name, run.Version, figures[0], figures[1], figures[2]);
    }

    /// <summary>Adds scores on pictures with one labelled face each: detection, and age and gender where estimated.</summary>
    /// <param name="pictures">Its results for the pictures.</param>
    /// <param name="labels">Their labels, in the same order.</param>
    /// <param name="sizes">Width and height of each picture.</param>
    public PeerScores WithLabels(
        IReadOnlyList<PeerPicture> pictures, IReadOnlyList<LabelledPicture> labels, IReadOnlyList<(int Width, int Height)> sizes)
    {
        var found = pictures.Zip(labels, sizes).Select(x => (Label: x.Second, Face: Subject(x.First, x.Third)))
            .Where(x => x.Face is not null)
            .Select(x => (x.Label, Face: x.Face!.Value)).ToList();
        var scores = this with { Found = Figure.Proportion(found.Count, labels.Count) };
        // If the program estimates age but has none for this face, that counts as wrong; likewise gender.
        var aged = found.Where(f => f.Face.Age is not null).ToList();
        if (aged.Count == 0) return scores;
        var right = aged.Count(f => (f.Face.Band ?? BandOf(f.Face.Age!.Value)) == EvaluationScores.BandOf(f.Label.Age));
        return scores with
        {
            Bands = Figure.Proportion(right, found.Count),
            BandsNotFoundWrong = Figure.Proportion(right, labels.Count),
            Gender = Figure.Proportion(found.Count(f => f.Face.Male is { } male && male >= 0.5 == f.Label.Male), found.Count),
            AgeError = new Bootstrap().Figures(
                aged.Count, weights =>
                    aged.Select((f, i) => weights[i] * Math.Abs(f.Face.Age!.Value - f.Label.Age)).Sum() / weights.Sum())[0],
        };
    }

    /// <summary>Adds precision and recall against labelled boxes.</summary>
    /// <param name="pictures">Its results for the pictures.</param>
    /// <param name="labels">Their labelled faces, in the same order.</param>
    public PeerScores WithBoxes(IReadOnlyList<PeerPicture> pictures, IReadOnlyList<LabelledFaces> labels) => this with
    {
        Sizes = DetectionScores.BySize([.. pictures.Zip(labels, (picture, truth) =>
            (IReadOnlyList<Judged>)DetectionMatch.Judge(truth.Faces, picture.Faces.Select(f => new DetectedFace(f.Box, f.Score))))]),
    };

    /// <summary>Index of the band of an estimated age.</summary>
    /// <param name="age">Age in years; 19.99 is under 20.</param>
    internal static int BandOf(double age) => EvaluationScores.BandOf((int)Math.Max(0, age));

    static PeerFace? Subject(PeerPicture picture, (int Width, int Height) size)
    {
        var faces = picture.Faces.Select(f => new Face(f.Box, f.Score, default, 0)).ToArray();
        return SubjectFace.Find(faces, size.Width, size.Height) is >= 0 and var index ? picture.Faces[index] : null;
    }

    static double? Mean(IReadOnlyList<PeerPicture> pictures, int[] weights, Func<PeerPicture, double> value)
    {
        var (sum, count) = (0.0, 0);
        for (var i = 0; i < weights.Length; i++) (sum, count) = (sum + weights[i] * value(pictures[i]), count + weights[i]);
        return sum / count;
    }
}
