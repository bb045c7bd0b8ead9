using FaceAd.Bench.Detection;
using FaceAd.Bench.Evaluation;
using FaceAd.Inference;
using FaceAd.Inference.Detection;

namespace FaceAd.Bench.Peers;

/// <summary>Cost and accuracy of one program on one set of pictures. Figures that do not apply are null.</summary>
/// <param name="Name">The program.</param>
/// <param name="Version">Its version; of ours, the models.</param>
/// <param name="CpuSeconds">Processor seconds a picture, decoding not included. Mean; bootstrap over pictures.</param>
/// <param name="TimesOurs">Cost as a multiple of ours on the same pictures. Bootstrap over pictures.</param>
/// <param name="DecodeCpuSeconds">Processor seconds a picture of decoding, by the program's usual means.</param>
/// <param name="Found">Share of the labelled pictures with at least one face found. Wilson.</param>
/// <param name="Bands">Four age bands right (0-19, 20-39, 40-59, 60 and more), of those found. Wilson.</param>
/// <param name="BandsNotFoundWrong">The same of all pictures. Wilson.</param>
/// <param name="Gender">Gender right, of those found. Wilson.</param>
/// <param name="AgeError">Mean absolute error in years, of those with an estimate. Bootstrap.</param>
/// <param name="Sizes">Precision and recall of detection by size.</param>
sealed record PeerScores(
    string Name, string Version, Figure CpuSeconds, Figure TimesOurs, Figure DecodeCpuSeconds, Figure? Found = null, Figure? Bands = null,
    Figure? BandsNotFoundWrong = null, Figure? Gender = null, Figure? AgeError = null, IReadOnlyList<SizeScores>? Sizes = null)
{
    /// <summary>What a program costs beside ours.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="run">What it did.</param>
    /// <param name="ours">What ours did on the same pictures.</param>
    public static PeerScores Cost(string name, PeerRun run, PeerRun ours)
    {
        var figures = new Bootstrap().Figures(
            run.Pictures.Count,
            weights => Mean(run.Pictures, weights, p => p.Cpu),
            weights => Mean(run.Pictures, weights, p => p.Cpu) / Mean(ours.Pictures, weights, p => p.Cpu),
            weights => Mean(run.Pictures, weights, p => p.DecodeCpu));
        return new PeerScores(name, run.Version, figures[0], figures[1], figures[2]);
    }

    /// <summary>Adds how well one labelled face a picture is found, and its age and gender known where the program says them.</summary>
    /// <param name="pictures">What it made of the pictures.</param>
    /// <param name="labels">What is true of them, in the same order.</param>
    /// <param name="sizes">Width and height of each picture.</param>
    public PeerScores WithLabels(IReadOnlyList<PeerPicture> pictures, IReadOnlyList<LabelledPicture> labels, IReadOnlyList<(int Width, int Height)> sizes)
    {
        var found = pictures.Zip(labels, sizes).Select(x => (Label: x.Second, Face: Subject(x.First, x.Third))).Where(x => x.Face is not null)
            .Select(x => (x.Label, Face: x.Face!.Value)).ToList();
        var scores = this with { Found = Figure.Proportion(found.Count, labels.Count) };
        // One that estimates ages and has none for this face is wrong there, and so with gender.
        var aged = found.Where(f => f.Face.Age is not null).ToList();
        if (aged.Count == 0) return scores;
        var right = aged.Count(f => (f.Face.Band ?? BandOf(f.Face.Age!.Value)) == EvaluationScores.BandOf(f.Label.Age));
        return scores with
        {
            Bands = Figure.Proportion(right, found.Count),
            BandsNotFoundWrong = Figure.Proportion(right, labels.Count),
            Gender = Figure.Proportion(found.Count(f => f.Face.Male is { } male && male >= 0.5 == f.Label.Male), found.Count),
            AgeError = new Bootstrap().Figures(
                aged.Count, weights => aged.Select((f, i) => weights[i] * Math.Abs(f.Face.Age!.Value - f.Label.Age)).Sum() / weights.Sum())[0],
        };
    }

    /// <summary>Adds precision and recall against labelled boxes.</summary>
    /// <param name="pictures">What it made of the pictures.</param>
    /// <param name="labels">The faces that are in them, in the same order.</param>
    public PeerScores WithBoxes(IReadOnlyList<PeerPicture> pictures, IReadOnlyList<LabelledFaces> labels) => this with
    {
        Sizes = DetectionScores.BySize([.. pictures.Zip(labels, (picture, truth) =>
            (IReadOnlyList<Judged>)DetectionMatch.Judge(truth.Faces, picture.Faces.Select(f => new DetectedFace(f.Box, f.Score))))]),
    };

    /// <summary>Index of the band of an estimated age.</summary>
    /// <param name="age">Years; 19.99 is under 20.</param>
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
