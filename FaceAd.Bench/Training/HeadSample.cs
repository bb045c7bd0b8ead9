namespace FaceAd.Bench.Training;

/// <summary>One labelled face, as the models see it in several views.</summary>
/// <param name="Set">Number of the labelled set that it comes from, from 0.</param>
/// <param name="File">Name of the picture.</param>
/// <param name="Age">True age in years.</param>
/// <param name="Male">Whether a man or boy.</param>
/// <param name="Views">
/// Features (see <see cref="HeadFeatures"/>) of the picture as it is, of its mirror image, and of a copy as a poor camera would see it. Empty when no face was
/// found; a view without a found face is left out.
/// </param>
sealed record HeadSample(int Set, string File, int Age, bool Male, IReadOnlyList<float[]> Views)
{
    /// <summary>Whether a face was found.</summary>
    public bool Found => Views.Count > 0;
}
