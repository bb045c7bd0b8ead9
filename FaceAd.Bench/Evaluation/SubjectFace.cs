using FaceAd.Inference;

namespace FaceAd.Bench.Evaluation;

/// <summary>Selects the face that a label refers to.</summary>
static class SubjectFace
{
    /// <summary>Minimum size of a candidate, relative to the largest face.</summary>
    const float LargeEnough = 0.5f;

    /// <summary>
    /// Of the faces whose longer side is at least half that of the largest face, the one whose centre is nearest the middle
    /// of the picture; the earlier one on a tie.
    /// </summary>
    /// <param name="faces">The faces found.</param>
    /// <param name="width">Width of the picture in pixels.</param>
    /// <param name="height">Height of the picture in pixels.</param>
    /// <returns>Index of the face; -1 when there are none.</returns>
    public static int Find(ReadOnlySpan<Face> faces, int width, int height)
    {
        var largest = 0f;
        foreach (var face in faces) largest = MathF.Max(largest, face.Box.LongerSide);
        var (best, nearest) = (-1, float.PositiveInfinity);
        for (var i = 0; i < faces.Length; i++)
        {
            var box = faces[i].Box;
            var distance = MathF.Pow(box.CentreX - width / 2f, 2) + MathF.Pow(box.CentreY - height / 2f, 2);
            if (box.LongerSide >= LargeEnough * largest && distance < nearest) (best, nearest) = (i, distance);
        }
        return best;
    }
}
