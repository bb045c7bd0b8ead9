using FaceAd.Inference.Detection;

namespace FaceAd.Bench.Detection;

/// <summary>What became of a box that the detector reported, or of a face that it did not.</summary>
/// <param name="Score">The detector's score of the box; negative infinity for a face that was not found.</param>
/// <param name="Hit">Whether a face was found.</param>
/// <param name="Height">Height of the face in pixels; of the box when it shows no face.</param>
/// <param name="Face">Index of the face; -1 for a box that shows none.</param>
/// <param name="OddPose">Whether the face is labelled as turned.</param>
readonly record struct Judged(float Score, bool Hit, float Height, int Face, bool OddPose)
{
    /// <summary>Whether it is a mistake: a box without a face.</summary>
    public bool IsFalse => Face < 0;
}

/// <summary>Compares the boxes that were found in a picture with the faces that are in it.</summary>
static class DetectionMatch
{
    /// <summary>Shared over covered area from which a box shows a face, included.</summary>
    public const float Overlap = 0.5f;

    /// <summary>
    /// Goes through the boxes from the highest score down. A box takes the face with the largest overlap among those not yet
    /// taken; failing that, a box over an ignored face is dropped; any other box is a mistake. A second box on a taken face is a mistake.
    /// </summary>
    /// <param name="truth">The faces.</param>
    /// <param name="found">The boxes, in any order.</param>
    /// <returns>Each box that counts and each face that counts and was not found.</returns>
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
            if (!taken[i] && !truth[i].Ignored) judged.Add(new Judged(float.NegativeInfinity, false, truth[i].Box.Height, i, truth[i].OddPose));
        }
        return judged;
    }
}
