using FaceAd.Inference.Imaging;
using FaceAd.Inference.Models;

namespace FaceAd.Inference.Detection;

/// <summary>
/// Finds faces in one region of a picture. Output "scores" [1, n, 2] holds background and face; "boxes" [1, n, 4] holds corners
/// (left, top, right, bottom) in 0..1 of the region, which is stretched to the input size. Thread-safe with tensors per worker.
/// </summary>
sealed class FaceDetector(string folder, ModelEntry entry) : IDisposable
{
    /// <summary>Boxes with a larger intersection over union show the same face.</summary>
    public const float SameFaceOverlap = 0.4f;

    readonly ModelSession _session = new(folder, entry);

    public ModelInput Input => _session.Input;

    public ModelTensors CreateTensors() => _session.CreateTensors("scores", "boxes");

    public int Candidates => (int)_session.OutputShape("scores")[1];

    public void Run(ModelTensors tensors) => _session.Run(tensors);

    /// <summary>Decodes the outputs into faces, most confident first.</summary>
    /// <param name="tensors">Tensors after a run.</param>
    /// <param name="region">The searched region, in pixels of the picture; may extend beyond it.</param>
    /// <param name="width">Width of the picture in pixels.</param>
    /// <param name="height">Height of the picture in pixels.</param>
    /// <param name="floor">Minimum score, 0..1.</param>
    /// <param name="candidates">Scratch space of <see cref="Candidates"/> entries.</param>
    /// <param name="faces">Receives the faces, at most as many as fit.</param>
    /// <returns>Number of faces.</returns>
    public static int Read(
        ModelTensors tensors, FaceBox region, int width, int height, float floor, Span<DetectedFace> candidates, Span<DetectedFace> faces)
    {
        var scores = tensors.Output(0);
        var boxes = tensors.Output(1);
        var count = 0;
        for (var i = 0; i < scores.Length / 2; i++)
        {
            var score = scores[2 * i + 1];
            if (!(score >= floor)) continue;
            var (left, top) = (region.X + boxes[4 * i] * region.Width, region.Y + boxes[4 * i + 1] * region.Height);
            var (right, bottom) = (region.X + boxes[4 * i + 2] * region.Width, region.Y + boxes[4 * i + 3] * region.Height);
            var box = new FaceBox(left, top, right - left, bottom - top).ClipTo(width, height);
            if (box.Width < 1 || box.Height < 1) continue;
            candidates[count++] = new DetectedFace(box, score);
        }
        return Suppress(candidates[..count], faces);
    }

    /// <summary>Non-maximum suppression: keeps the most confident of overlapping boxes.</summary>
    internal static int Suppress(Span<DetectedFace> candidates, Span<DetectedFace> faces)
    {
        candidates.Sort(static (a, b) => b.Score.CompareTo(a.Score));
        var kept = 0;
        foreach (var candidate in candidates)
        {
            var overlaps = false;
            for (var i = 0; i < kept && !overlaps; i++)
                overlaps = faces[i].Box.IntersectionOverUnion(candidate.Box) > SameFaceOverlap;
            if (overlaps) continue;
            faces[kept++] = candidate;
            if (kept == faces.Length) break;
        }
        return kept;
    }

    public void Dispose() => _session.Dispose();
}
