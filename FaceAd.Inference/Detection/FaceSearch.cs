using System.Diagnostics;
using FaceAd.Inference.Imaging;
using FaceAd.Inference.Models;

namespace FaceAd.Inference.Detection;

/// <summary>
/// Searches one picture with several detector runs and combines their results. One per worker: not thread-safe. Allocates nothing
/// per picture.
/// </summary>
sealed class FaceSearch(FaceDetector detector, ModelTensors tensors, CropSampler sampler, FaceSearchOptions options)
{
    const int MaxPasses = 32, MaxFacesPerPass = 32;

    readonly DetectedFace[] _candidates = new DetectedFace[detector.Candidates];
    readonly DetectedFace[] _found = new DetectedFace[MaxFacesPerPass];
    readonly SearchPass[] _passes = new SearchPass[MaxPasses];
    readonly PassFace[] _seen = new PassFace[MaxPasses * MaxFacesPerPass];
    readonly AgreedFace[] _agreed = new AgreedFace[MaxPasses * MaxFacesPerPass];
    PixelBuffer? _picture;
    int _seenCount;
    int _agreedCount;
    int _looks;

    /// <summary>Detector runs on this picture so far.</summary>
    public int Passes { get; private set; }

    /// <summary>Time spent cropping for those runs.</summary>
    public TimeSpan Cropping { get; private set; }

    /// <summary>Width over height of the detector's input.</summary>
    public float Aspect => (float)detector.Input.Width / detector.Input.Height;

    /// <summary>Splits a picture into tiles.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="tiles">Receives the tiles; at least <see cref="SearchRegions.MaxTiles"/> entries.</param>
    /// <returns>Number of tiles.</returns>
    public int Tiles(PixelBuffer picture, Span<SearchPass> tiles) => SearchRegions.Tiles(picture.Width, picture.Height, Aspect, tiles);

    /// <summary>Starts on a picture with one run over the whole of it.</summary>
    /// <param name="picture">RGB pixels; must not change until the search is concluded.</param>
    public void Begin(PixelBuffer picture)
    {
        (_picture, Passes, Cropping, _seenCount, _agreedCount, _looks) = (picture, 0, TimeSpan.Zero, 0, 0, 0);
        Look(new SearchPass(new FaceBox(0, 0, picture.Width, picture.Height)));
    }

    /// <summary>Runs the detector on a region. Ignored once the picture has had the maximum number of runs.</summary>
    public void Look(SearchPass pass)
    {
        if (Passes == MaxPasses) return;
        var picture = _picture ?? throw new InvalidOperationException("Begin was not called.");
        var started = Stopwatch.GetTimestamp();
        sampler.Sample(picture, pass.Region, detector.Input, tensors.Input);
        Cropping += Stopwatch.GetElapsedTime(started);
        detector.Run(tensors);
        var count = FaceDetector.Read(tensors, pass.Region, picture.Width, picture.Height, options.Doubtful, _candidates, _found);
        _passes[Passes] = pass;
        foreach (var (box, score) in _found.AsSpan(0, count))
        {
            // A box at a region's border inside the picture may be a cut-off face; another run sees it whole.
            if (pass.Covers(box, picture.Width, picture.Height)) _seen[_seenCount++] = new PassFace(box, score, Passes);
        }
        Passes++;
    }

    /// <summary>Takes a second look at doubtful detections, most likely faces first.</summary>
    /// <param name="most">Maximum number of looks.</param>
    /// <returns>Number of looks taken.</returns>
    public int LookAgain(int most)
    {
        Join();
        var taken = 0;
        var doubtful = _agreedCount;
        for (var i = 0; i < doubtful && taken < most && _looks < options.SecondLooks && Passes < MaxPasses; i++)
        {
            var face = _agreed[i];
            if (face.Score < options.Doubtful || face.Score >= options.Certain) continue;
            Look(new SearchPass(SearchRegions.Around(face.Box, Aspect)));
            taken++;
            _looks++;
        }
        return taken;
    }

    /// <summary>Combines the results of all runs.</summary>
    /// <param name="faces">Receives the faces, highest score first, at most as many as fit.</param>
    /// <returns>Number of faces.</returns>
    public int Conclude(Span<DetectedFace> faces)
    {
        Join();
        var count = 0;
        foreach (var face in _agreed.AsSpan(0, _agreedCount))
        {
            if (face.Score < (face.Votes == 1 ? options.AcceptOne : options.AcceptMean)) continue;
            faces[count++] = new DetectedFace(face.Box, face.Score);
            if (count == faces.Length) break;
        }
        return count;
    }

    void Join() =>
        _agreedCount = PassAgreement.Join(
            _passes.AsSpan(0, Passes), _seen.AsSpan(0, _seenCount), _picture!.Width, _picture.Height, _agreed);
}
