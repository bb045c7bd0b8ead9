using FaceAd.Inference.Imaging;

namespace FaceAd.Inference.Detection;

/// <summary>
/// Merges the detections of several detector runs. With many runs over one picture a single high score is often a false positive.
/// A false positive rarely repeats when the same object appears at another position and scale in the detector's input; a face does.
/// </summary>
static class PassAgreement
{
    /// <summary>Boxes that share more than this part of the smaller one show the same face at two scales.</summary>
    const float SameFaceInside = 0.7f;

    /// <summary>Merges boxes of the same face. Pure; allocates nothing.</summary>
    /// <param name="passes">The runs.</param>
    /// <param name="seen">Their detections, in any order; sorted by descending score afterwards.</param>
    /// <param name="width">Width of the picture in pixels.</param>
    /// <param name="height">Height of the picture in pixels.</param>
    /// <param name="faces">Receives the faces, highest score first; at least as long as <paramref name="seen"/>.</param>
    /// <returns>Number of faces.</returns>
    public static int Join(ReadOnlySpan<SearchPass> passes, Span<PassFace> seen, int width, int height, Span<AgreedFace> faces)
    {
        // Ties are broken by position, so the order of the runs does not matter.
        seen.Sort(static (a, b) => InOrder(a.Score, a.Box, b.Score, b.Box));
        Span<bool> joined = stackalloc bool[seen.Length];
        joined.Clear();
        Span<float> votes = stackalloc float[passes.Length];
        var count = 0;
        for (var i = 0; i < seen.Length; i++)
        {
            if (joined[i]) continue;
            votes.Clear();
            for (var j = i; j < seen.Length; j++)
            {
                if (joined[j] || (j > i && seen[i].Box.IntersectionOverUnion(seen[j].Box) <= FaceDetector.SameFaceOverlap)) continue;
                joined[j] = true;
                votes[seen[j].Pass] = Math.Max(votes[seen[j].Pass], seen[j].Score);
            }
            faces[count++] = Count(passes, votes, seen[i].Box, width, height);
        }
        // Means can tie as well.
        faces[..count].Sort(static (a, b) => InOrder(a.Score, a.Box, b.Score, b.Box));
        return DropInner(faces[..count]);
    }

    static int InOrder(float scoreA, in FaceBox a, float scoreB, in FaceBox b) =>
        scoreA != scoreB ? scoreB.CompareTo(scoreA) : a.X != b.X ? a.X.CompareTo(b.X) : a.Y.CompareTo(b.Y);

    static AgreedFace Count(ReadOnlySpan<SearchPass> passes, ReadOnlySpan<float> votes, FaceBox box, int width, int height)
    {
        var expected = false;
        for (var pass = 0; pass < passes.Length; pass++) expected |= passes[pass].Expected && votes[pass] > 0;
        var (sum, count) = (0f, 0);
        for (var pass = 0; pass < passes.Length; pass++)
        {
            if (votes[pass] <= 0 && (expected || !passes[pass].OughtToSee(box, width, height))) continue;
            sum += votes[pass];
            count++;
        }
        return new AgreedFace(box, sum / count, count);
    }

    /// <summary>Keeps the highest score of boxes that overlap or contain one another.</summary>
    static int DropInner(Span<AgreedFace> faces)
    {
        var kept = 0;
        foreach (var face in faces)
        {
            var same = false;
            for (var i = 0; i < kept && !same; i++)
                same = faces[i].Box.IntersectionOverUnion(face.Box) > FaceDetector.SameFaceOverlap
                    || Inside(faces[i].Box, face.Box) > SameFaceInside;
            if (!same) faces[kept++] = face;
        }
        return kept;
    }

    static float Inside(FaceBox a, FaceBox b)
    {
        var width = Math.Min(a.Right, b.Right) - Math.Max(a.X, b.X);
        var height = Math.Min(a.Bottom, b.Bottom) - Math.Max(a.Y, b.Y);
        return width <= 0 || height <= 0 ? 0 : width * height / Math.Max(1e-6f, Math.Min(a.Area, b.Area));
    }
}
