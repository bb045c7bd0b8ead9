using FaceAd.Inference;
using FaceAd.Inference.Imaging;

namespace FaceAd.Bench.Evaluation;

/// <summary>Runs the production pipeline over labelled pictures.</summary>
/// <param name="chain">The production pipeline, made with <see cref="PictureFile.Limits"/>.</param>
/// <param name="folder">The folder of pictures.</param>
sealed class Evaluator(FaceChain chain, string folder)
{
    int _unreadable;

    /// <summary>Number of pictures that could not be decoded so far; they count as pictures without a face.</summary>
    public int Unreadable => _unreadable;

    /// <summary>Predicts age and gender of the labelled face in each picture (see <see cref="SubjectFace"/>).</summary>
    /// <param name="rows">The labels.</param>
    /// <param name="workers">Pictures at a time.</param>
    /// <param name="progress">Receives progress lines.</param>
    /// <param name="cancellation">Cancels the run.</param>
    /// <exception cref="LabelException">A picture does not exist; thrown before any picture is analysed.</exception>
    public async Task<Prediction[]> PredictAsync(
        IReadOnlyList<LabelledPicture> rows, int workers, TextWriter progress, CancellationToken cancellation)
    {
        foreach (var row in rows) RequirePicture(folder, row.File, row.Line);
        return await PictureRun.OverAsync(rows, workers, PredictAsync, progress, cancellation);
    }

    /// <summary>Checks that a labelled picture exists.</summary>
    /// <param name="folder">The folder of pictures.</param>
    /// <param name="file">The picture, relative to it.</param>
    /// <param name="line">Line of the label.</param>
    /// <exception cref="LabelException">The picture does not exist.</exception>
    public static void RequirePicture(string folder, string file, long line)
    {
        if (File.Exists(Path.Combine(folder, file))) return;
        throw new LabelException($"line {line}: the picture {file} is not in {folder}. Put it there, or remove the row.");
    }

    async Task<Prediction> PredictAsync(LabelledPicture row, CancellationToken cancellation)
    {
        using var frame = chain.Rent();
        try
        {
            await PictureFile.FindAsync(chain, Path.Combine(folder, row.File), frame, cancellation);
        }
        catch (InvalidFrameException)
        {
            Interlocked.Increment(ref _unreadable);
            return Prediction.NotFound(row.Age, row.Male);
        }
        var face = SubjectFace.Find(frame.Faces, frame.Width, frame.Height);
        if (face < 0) return Prediction.NotFound(row.Age, row.Male);
        chain.Estimate(frame, face);
        return new Prediction(row.Age, row.Male, frame.Ages(face).ToArray(), frame.Estimate(face)!.Value.Male);
    }
}
