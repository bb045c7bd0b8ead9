using FaceAd.Inference.Detection;

namespace FaceAd.Bench.Detection;

/// <summary>Outcome for a detected box, or for a missed face.</summary>
/// <param name="Score">The detector's score of the box; negative infinity for a missed face.</param>
/// <param name="Hit">Whether the box shows a face.</param>
/// <param name="Height">Height of the face in pixels, or of a box that shows none.</param>
/// <param name="Face">Index of the face; -1 for a box that shows none.</param>
/// <param name="OddPose">Whether the face is labelled as turned.</param>
readonly record struct Judged(float Score, bool Hit, float Height, int Face, bool OddPose)
{
    /// <summary>Whether it is a false positive: a box without a face.</summary>
    public bool IsFalse => Face < 0;
}

/// <summary>Matches the boxes found in a picture with its labelled faces.</summary>
static class DetectionMatch
{
    /// <summary>Minimum intersection over union for a box to show a face, inclusive.</summary>
    public const float Overlap = 0.5f;

    /// <summary>
    /// Goes through the boxes by descending score. A box takes the free face with the largest overlap; failing that, a box over an
    /// ignored face is dropped; any other box is a false positive, including a second box on a taken face.
    /// </summary>
    /// <param name="truth">The labelled faces.</param>
    /// <param name="found">The boxes, in any order.</param>
    /// <returns>Every box that counts, and every missed face that counts.</returns>
    public static List<Judged> Judge(IReadOnlyList<LabelledFace> truth, IEnumerable<DetectedFace> found)
    {
        List<Judged> judged = [];
        var taken = new bool[truth.Count];
        foreach (var (box, score) in found.OrderByDescending(face => face.Score))
        {
            var (best, overlap, ignored) = (-1, Overlap, false);
            for (var i = 0; i < truth.Count; i++)
            {
                if (taken[i]) continue;
                var shared = truth[i].Box.IntersectionOverUnion(box);
                if (truth[i].Ignored) ignored |= shared >= Overlap;
                else if (shared > overlap || (best < 0 && shared >= overlap)) (best, overlap) = (i, shared);
            }
            if (best >= 0)
            {
                taken[best] = true;
                judged.Add(new Judged(score, true, truth[best].Box.Height, best, truth[best].OddPose));
            }
            else if (!ignored)
            {
                judged.Add(new Judged(score, false, box.Height, -1, false));
            }
        }
        for (var i = 0; i < truth.Count; i++)
        {
            if (!taken[i] && !truth[i].Ignored)
                judged.Add(new Judged(float.NegativeInfinity, false, truth[i].Box.Height, i, truth[i].OddPose));
        }
        return judged;
    }
}
