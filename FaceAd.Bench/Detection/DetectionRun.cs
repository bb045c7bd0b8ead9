using FaceAd.Bench.Evaluation;
using FaceAd.Inference;
using FaceAd.Inference.Detection;
using FaceAd.Inference.Imaging;

namespace FaceAd.Bench.Detection;

/// <summary>Finds the faces of labelled pictures with the production pipeline.</summary>
/// <param name="models">Folder of prepared models.</param>
/// <param name="search">Settings of the face search.</param>
/// <param name="workers">Pictures at a time, at least 1.</param>
/// <param name="progress">Receives a line every two seconds.</param>
sealed class DetectionRun(string models, FaceSearchOptions search, int workers, TextWriter progress)
{
    /// <summary>Evaluates the pictures twice: with production thresholds, and with none, for the sweep.</summary>
    /// <param name="folder">Folder of the pictures.</param>
    /// <param name="labels">The pictures and their faces.</param>
    /// <param name="precision">Target precision of the sweep, 0..1.</param>
    /// <param name="cancellation">Cancels the run.</param>
    /// <exception cref="LabelException">A picture is missing, or all are unreadable.</exception>
    public async Task<DetectionReport> JudgeAsync(
        string folder, IReadOnlyList<LabelledFaces> labels, double precision, CancellationToken cancellation)
    {
        foreach (var picture in labels)
        {
            if (!File.Exists(Path.Combine(folder, picture.File)))
                throw new LabelException($"{Path.Combine(folder, picture.File)} does not exist, but the file of boxes names it.");
        }
        var paths = labels.Select(picture => Path.Combine(folder, picture.File)).ToList();
        var judgedBy = await FindAsync(paths, search, cancellation);
        var everything = await FindAsync(paths, search with { AcceptOne = search.Doubtful, AcceptMean = search.Doubtful }, cancellation);
        var readable = judgedBy.Where(found => found.Readable).ToList();
        if (readable.Count == 0) throw new LabelException($"None of the pictures in {folder} can be read.");
        var judged = Judge(labels, judgedBy);
        return new DetectionReport(
            search.Depth == SearchDepth.Tiles ? "tiles" : "full",
            labels.Count,
            labels.Count - readable.Count,
            labels.Sum(picture => picture.Faces.Count(face => !face.Ignored && SizeGroup.Counted.Holds(face.Box.Height))),
            DetectionScores.BySize(judged),
            DetectionScores.OddPose(judged),
            DetectionScores.Sweep(Judge(labels, everything), precision, new Bootstrap()),
            Portraits: null,
            readable.Average(found => found.Time.TotalMilliseconds),
            readable.Average(found => found.Runs));
    }

    /// <summary>Share of pictures in which a face was found.</summary>
    /// <param name="paths">The pictures.</param>
    /// <param name="cancellation">Cancels the run.</param>
    public async Task<Figure> PortraitsAsync(IReadOnlyList<string> paths, CancellationToken cancellation)
    {
        var found = await FindAsync(paths, search, cancellation);
        return Figure.Proportion(found.Count(one => one.Faces.Count > 0), found.Length);
    }

    static List<IReadOnlyList<Judged>> Judge(IReadOnlyList<LabelledFaces> labels, Found[] found) =>
        [.. labels.Zip(found, IReadOnlyList<Judged> (picture, one) => DetectionMatch.Judge(picture.Faces, one.Faces))];

    async Task<Found[]> FindAsync(IReadOnlyList<string> paths, FaceSearchOptions options, CancellationToken cancellation)
    {
        using var chain = new FaceChain(new FaceChainOptions { ModelFolder = models, Limits = PictureFile.Limits, Search = options });
        return await PictureRun.OverAsync(paths, workers, (path, stop) => FindAsync(chain, path, stop), progress, cancellation);
    }

    static async Task<Found> FindAsync(FaceChain chain, string path, CancellationToken cancellation)
    {
        using var frame = chain.Rent();
        try
        {
            await PictureFile.FindAsync(chain, path, frame, cancellation);
        }
        catch (InvalidFrameException)
        {
            return new Found([], false, TimeSpan.Zero, 0);
        }
        var faces = new List<DetectedFace>(frame.Faces.Length);
        foreach (var face in frame.Faces) faces.Add(new DetectedFace(face.Box, face.Score));
        return new Found(faces, true, frame.Timings.Total - frame.Timings.Decode, frame.DetectorRuns);
    }

    sealed record Found(IReadOnlyList<DetectedFace> Faces, bool Readable, TimeSpan Time, int Runs);
}
