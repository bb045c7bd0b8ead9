using FaceAd.Bench.Cabins;
using FaceAd.Bench.Evaluation;
using FaceAd.Inference;
using FaceAd.Inference.Imaging;

namespace FaceAd.Bench.Training;

/// <summary>Extracts features of labelled pictures with the production pipeline: original, mirrored, and seen by a poor camera.</summary>
/// <param name="chain">The production pipeline, made with <see cref="PictureFile.Limits"/>.</param>
/// <param name="withEmbedding">Whether the embedding is a feature.</param>
/// <param name="seed">Seed of the poor camera, combined with each file name.</param>
sealed class HeadSampling(FaceChain chain, bool withEmbedding, int seed)
{
    HeadFeatures? _features;

    /// <summary>Names and lengths of the features; null before the first face.</summary>
    public IReadOnlyList<(string Name, int Length)>? Lengths => _features?.Lengths;

    /// <summary>Processes every picture of a set.</summary>
    /// <param name="set">Number of the set.</param>
    /// <param name="folder">Folder of its pictures.</param>
    /// <param name="rows">Its labels.</param>
    /// <param name="workers">Pictures at a time.</param>
    /// <param name="progress">Receives progress lines.</param>
    /// <param name="cancellation">Cancels the work.</param>
    /// <exception cref="LabelException">A picture is missing.</exception>
    public async Task<HeadSample[]> LookAsync(
        int set, string folder, IReadOnlyList<LabelledPicture> rows, int workers, TextWriter progress, CancellationToken cancellation)
    {
        foreach (var row in rows) Evaluator.RequirePicture(folder, row.File, row.Line);
        return await PictureRun.OverAsync(rows, workers, (row, stop) => LookAsync(set, folder, row, stop), progress, cancellation);
    }

    async Task<HeadSample> LookAsync(int set, string folder, LabelledPicture row, CancellationToken cancellation)
    {
        List<float[]> views = [];
        try
        {
            var picture = await PictureFile.ReadAsync(Path.Combine(folder, row.File), cancellation);
            if (Look(picture, views) is { } box)
            {
                var mirrored = Mirror(picture);
                Look(mirrored, views);
                var random = new Random(StableHash.Of(row.File) ^ seed);
                var turned = random.Next(2) == 1;
                var place = turned ? new FaceBox(picture.Width - box.X - box.Width, box.Y, box.Width, box.Height) : box;
                Look(PoorCamera(random).Draw(turned ? mirrored : picture, place, random), views);
            }
        }
        catch (InvalidFrameException)
        {
            // Treated as a picture without a face.
        }
        return new HeadSample(set, row.File, row.Age, row.Male, views);
    }

    /// <summary>Adds the view of the labelled face, and returns its box; null when no face is found.</summary>
    FaceBox? Look(PixelBuffer picture, List<float[]> views)
    {
        using var frame = chain.Rent();
        chain.Find(picture, frame);
        var face = SubjectFace.Find(frame.Faces, frame.Width, frame.Height);
        if (face < 0) return null;
        var features = chain.ReadFeatures(frame, face);
        if (_features is null) Interlocked.CompareExchange(ref _features, new HeadFeatures(features, withEmbedding), null);
        views.Add(_features.Join(features));
        return frame.Faces[face].Box;
    }

    static CabinView PoorCamera(Random random)
    {
        return new CabinView(
            FaceSide: Between(48, 150), Between(-0.12, 0.12), Between(-0.12, 0.12), Degrees: Between(-8, 8), Blur: Between(0, 1.2),
            Gain: Between(0.7, 1.3), Noise: Between(0, 6), Quality: 100);

        double Between(double low, double high) => low + (high - low) * random.NextDouble();
    }

    static PixelBuffer Mirror(PixelBuffer picture)
    {
        var mirrored = new PixelBuffer();
        mirrored.Resize(picture.Width, picture.Height, 3);
        for (var y = 0; y < picture.Height; y++)
        {
            var from = picture.Row(y);
            var to = mirrored.Pixels.Slice(y * mirrored.Stride, mirrored.Stride);
            for (var x = 0; x < picture.Width; x++) from.Slice(3 * (picture.Width - 1 - x), 3).CopyTo(to[(3 * x)..]);
        }
        return mirrored;
    }
}
