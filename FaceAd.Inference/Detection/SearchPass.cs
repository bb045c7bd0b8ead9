using FaceAd.Inference.Imaging;

namespace FaceAd.Inference.Detection;

/// <summary>One run of the detector over one region of a picture.</summary>
/// <param name="Region">What was looked at, in pixels of the picture; may reach beyond it.</param>
/// <param name="Expected">A face was seen there a moment ago, so that the misses of other runs prove nothing.</param>
readonly record struct SearchPass(FaceBox Region, bool Expected = false)
{
    /// <summary>
    /// A face this small (share of the region's height) need not be seen: 12 of the detector's 240 rows. And a face that fills
    /// the region need not be seen either.
    /// </summary>
    const float SmallestShare = 0.05f, LargestShare = 0.7f;

    /// <summary>A face that comes so near to a border inside the picture (share of the region's side) may be cut off by it.</summary>
    const float Margin = 0.005f;

    /// <summary>Whether a box lies wholly in the region. At the picture's own borders there is nothing more to see, so it may touch them.</summary>
    public bool Covers(FaceBox box, int width, int height)
    {
        var (x, y) = (Margin * Region.Width, Margin * Region.Height);
        return (Region.X <= 0 || box.X > Region.X + x) && (Region.Right >= width || box.Right < Region.Right - x)
            && (Region.Y <= 0 || box.Y > Region.Y + y) && (Region.Bottom >= height || box.Bottom < Region.Bottom - y);
    }

    /// <summary>Whether a face in this box ought to be seen by this run.</summary>
    public bool OughtToSee(FaceBox box, int width, int height) =>
        box.Height >= SmallestShare * Region.Height && box.Height <= LargestShare * Region.Height && Covers(box, width, height);
}

/// <summary>What one run saw.</summary>
/// <param name="Box">Where, in pixels of the picture.</param>
/// <param name="Score">The detector's confidence, 0..1.</param>
/// <param name="Pass">Index of the run.</param>
readonly record struct PassFace(FaceBox Box, float Score, int Pass);

/// <summary>What all runs together say of one face.</summary>
/// <param name="Box">Where the most confident run saw it.</param>
/// <param name="Score">Mean over the runs that could see it, 0 for each that did not, 0..1.</param>
/// <param name="Votes">Number of runs that could see it, at least 1.</param>
readonly record struct AgreedFace(FaceBox Box, float Score, int Votes);
