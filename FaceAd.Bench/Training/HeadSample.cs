namespace FaceAd.Bench.Training;

/// <summary>One labelled face with its features in several views.</summary>
/// <param name="Set">Number of its labelled set, from 0.</param>
/// <param name="File">File name of the picture.</param>
/// <param name="Age">True age in years.</param>
/// <param name="Male">Whether a man or boy.</param>
/// <param name="Views">
/// Features (see <see cref="HeadFeatures"/>) of the picture, of its mirror image, and of a copy as seen by a poor camera. Empty when no
/// face was found; a view in which none was found is left out.
/// </param>
sealed record HeadSample(int Set, string File, int Age, bool Male, IReadOnlyList<float[]> Views)
{
    /// <summary>Whether a face was found.</summary>
    public bool Found => Views.Count > 0;
}
