using FaceAd.Inference.Imaging;

namespace FaceAd.Inference.Detection;

/// <summary>One detector run over one region of a picture.</summary>
/// <param name="Region">The searched region, in pixels of the picture; may extend beyond it.</param>
/// <param name="Expected">A track was there a moment ago, so misses by other runs do not count against a face found here.</param>
readonly record struct SearchPass(FaceBox Region, bool Expected = false)
{
    /// <summary>
    /// Face heights, as a share of the region's, between which the detector is expected to see a face. The lower bound is 12 of its
    /// 240 rows; above the upper one the face fills the region.
    /// </summary>
    const float SmallestShare = 0.05f, LargestShare = 0.7f;

    /// <summary>A face nearer than this to a border inside the picture (share of the region's side) may be cut off.</summary>
    const float Margin = 0.005f;

    /// <summary>Whether a box lies wholly within the region. It may touch the borders of the picture itself.</summary>
    public bool Covers(FaceBox box, int width, int height)
    {
        var (x, y) = (Margin * Region.Width, Margin * Region.Height);
        return (Region.X <= 0 || box.X > Region.X + x) && (Region.Right >= width || box.Right < Region.Right - x)
            && (Region.Y <= 0 || box.Y > Region.Y + y) && (Region.Bottom >= height || box.Bottom < Region.Bottom - y);
    }

    /// <summary>Whether this run is expected to see a face in this box.</summary>
    public bool OughtToSee(FaceBox box, int width, int height) =>
        box.Height >= SmallestShare * Region.Height && box.Height <= LargestShare * Region.Height && Covers(box, width, height);
}

/// <summary>A detection of one run.</summary>
/// <param name="Box">Box in pixels of the picture.</param>
/// <param name="Score">The detector's confidence, 0..1.</param>
/// <param name="Pass">Index of the run.</param>
readonly record struct PassFace(FaceBox Box, float Score, int Pass);

/// <summary>A face, merged over all runs.</summary>
/// <param name="Box">Box of the most confident run.</param>
/// <param name="Score">Mean score of the runs that could see it, 0..1; a run that missed it counts as 0.</param>
/// <param name="Votes">Number of runs that could see it, at least 1.</param>
readonly record struct AgreedFace(FaceBox Box, float Score, int Votes);
