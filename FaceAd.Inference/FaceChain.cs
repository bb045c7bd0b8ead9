using System.Collections.Concurrent;
using System.Diagnostics;
using FaceAd.Inference.Detection;
using FaceAd.Inference.Imaging;
using FaceAd.Inference.Models;

namespace FaceAd.Inference;

/// <summary>
/// The inference pipeline, JPEG to faces: decode, detect, landmarks, age and gender, embedding. Thread-safe and meant to be shared
/// by the process: models are loaded once, and each caller rents a <see cref="FaceFrame"/> as working memory for one frame at a time.
/// Allocates nothing per frame once the rented frames are warm.
/// </summary>
public sealed class FaceChain : IDisposable
{
    readonly ConcurrentBag<FaceFrame> _idle = [];
    readonly FaceChainOptions _options;
    readonly ChainModels _models;

    readonly SharedUse _rents;

    /// <summary>Loads and checks every model.</summary>
    /// <param name="options">Model folder and settings.</param>
    /// <exception cref="ModelFileException">A model is missing, changed or unreadable.</exception>
    public FaceChain(FaceChainOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _models = new ChainModels(options.ModelFolder, options.Head);
        _rents = new SharedUse(Free);
    }

    /// <summary>Names and versions of the models that estimate and embed, such as "faceres-3.3.6+facead_head-1+fr_feature-0.0.1".</summary>
    public string ModelVersion => _models.Version;

    /// <summary>Number of ages in a distribution; entry i is i + 1 years.</summary>
    public int AgeCount => _models.AgeCount;

    /// <summary>Number of values in an embedding.</summary>
    public int EmbeddingLength => _models.Embedder.Length;

    /// <summary>Where age bands begin.</summary>
    public AgeBands Bands => _options.Bands;

    /// <summary>Rents working memory for one frame at a time. Dispose it to return it.</summary>
    /// <exception cref="ObjectDisposedException">The chain is disposed.</exception>
    public FaceFrame Rent()
    {
        ObjectDisposedException.ThrowIf(!_rents.TryEnter(), this);
        try
        {
            if (_idle.TryTake(out var frame))
            {
                frame.Rented = true;
                return frame;
            }
            var tensors = _models.CreateTensors();
            var sampler = new CropSampler();
            var search = new FaceSearch(_models.Detector, tensors.Detector, sampler, _options.Search);
            return new FaceFrame(this, new JpegDecoder(_options.Limits), tensors, sampler, search, AgeCount, EmbeddingLength);
        }
        catch
        {
            _rents.Leave();
            throw;
        }
    }

    /// <summary>Runs the whole pipeline: finds faces, then classifies and embeds each.</summary>
    /// <param name="jpeg">The picture.</param>
    /// <param name="frame">Receives the faces.</param>
    /// <exception cref="InvalidFrameException">Not a JPEG, damaged, or beyond the limits; the frame is empty then.</exception>
    public void Analyze(ReadOnlySpan<byte> jpeg, FaceFrame frame)
    {
        Find(jpeg, frame);
        EstimateAndEmbedAll(frame);
    }

    /// <summary>Runs the whole pipeline on decoded pixels.</summary>
    /// <param name="rgb">RGB pixels; must not change before the call returns.</param>
    /// <param name="frame">Receives the faces.</param>
    public void Analyze(PixelBuffer rgb, FaceFrame frame)
    {
        Find(rgb, frame);
        EstimateAndEmbedAll(frame);
    }

    /// <summary>Decodes a JPEG and finds its faces with landmarks, pose and sharpness.</summary>
    /// <param name="jpeg">The picture.</param>
    /// <param name="frame">Receives the faces.</param>
    /// <exception cref="InvalidFrameException">Not a JPEG, damaged, or beyond the limits; the frame is empty then.</exception>
    public void Find(ReadOnlySpan<byte> jpeg, FaceFrame frame)
    {
        Open(jpeg, frame);
        FindAll(frame);
    }

    /// <summary>Finds the faces in decoded pixels, with landmarks, pose and sharpness.</summary>
    /// <param name="rgb">RGB pixels; must not change while the frame is in use.</param>
    /// <param name="frame">Receives the faces.</param>
    public void Find(PixelBuffer rgb, FaceFrame frame)
    {
        Open(rgb, frame);
        FindAll(frame);
    }

    /// <summary>Decodes a JPEG: the first step of <see cref="Find(ReadOnlySpan{byte}, FaceFrame)"/>.</summary>
    /// <exception cref="InvalidFrameException">Not a JPEG, damaged, or beyond the limits; the frame is empty then.</exception>
    internal void Open(ReadOnlySpan<byte> jpeg, FaceFrame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        frame.Clear();
        var started = Stopwatch.GetTimestamp();
        var size = frame.Decoder.DecodeRgb(jpeg, frame.Picture, _options.WorkingSide);
        frame.Timings = frame.Timings with { Decode = Stopwatch.GetElapsedTime(started) };
        (frame.Width, frame.Height, frame.Source) = (size.Width, size.Height, frame.Picture);
    }

    /// <summary>Takes decoded pixels: the first step of <see cref="Find(PixelBuffer, FaceFrame)"/>.</summary>
    internal static void Open(PixelBuffer rgb, FaceFrame frame)
    {
        ArgumentNullException.ThrowIfNull(rgb);
        ArgumentNullException.ThrowIfNull(frame);
        frame.Clear();
        (frame.Width, frame.Height, frame.Source) = (rgb.Width, rgb.Height, rgb);
    }

    /// <summary>Runs the detector on the whole picture, then takes second looks at doubtful detections.</summary>
    /// <param name="frame">After an <see cref="Open(PixelBuffer, FaceFrame)"/>.</param>
    /// <param name="looks">The most second looks.</param>
    /// <returns>Second looks taken.</returns>
    internal static int Search(FaceFrame frame, int looks)
    {
        var started = Stopwatch.GetTimestamp();
        frame.Search.Begin(frame.Source);
        frame.Timings =
            frame.Timings with { Detect = Stopwatch.GetElapsedTime(started) - frame.Search.Cropping, Crop = frame.Search.Cropping };
        return SearchMore(frame, [], looks);
    }

    /// <summary>Runs the detector on further regions of a searched picture, then takes second looks at what is doubtful now.</summary>
    /// <param name="frame">After <see cref="Search"/>.</param>
    /// <param name="regions">The regions, in pixels of its source.</param>
    /// <param name="looks">The most second looks.</param>
    /// <returns>Second looks taken.</returns>
    internal static int SearchMore(FaceFrame frame, ReadOnlySpan<SearchPass> regions, int looks)
    {
        var (started, cropping) = (Stopwatch.GetTimestamp(), frame.Search.Cropping);
        foreach (var region in regions) frame.Search.Look(region);
        var taken = frame.Search.LookAgain(looks);
        frame.Found = frame.Search.Conclude(frame.Detected);
        cropping = frame.Search.Cropping - cropping;
        frame.Timings = frame.Timings with
        {
            Crop = frame.Timings.Crop + cropping,
            Search = frame.Timings.Search + Stopwatch.GetElapsedTime(started) - cropping,
        };
        return taken;
    }

    /// <summary>Computes landmarks, pose and sharpness of the detected faces and publishes them as the frame's faces.</summary>
    /// <param name="frame">After <see cref="Search"/>.</param>
    internal void Describe(FaceFrame frame)
    {
        var (source, points) = (frame.Source, frame.Tensors.Landmarks);
        var (crop, landmarks) = (TimeSpan.Zero, TimeSpan.Zero);
        var (x, y) = frame.Scale;
        for (var face = 0; face < frame.Found; face++)
        {
            var (box, score) = frame.Detected[face];
            var before = Stopwatch.GetTimestamp();
            frame.Sampler.Sample(source, box, _models.Landmarks.Input, points.Input);
            var sampled = Stopwatch.GetTimestamp();
            _models.Landmarks.Run(points, box, frame.LandmarkSlot(face));
            landmarks += Stopwatch.GetElapsedTime(sampled);
            var pose = FaceGeometry.Pose(frame.LandmarkSlot(face));
            var sharpness = FaceGeometry.Sharpness(points.Input, _models.Landmarks.Input.Width);
            frame.FaceSlots[face] = new Face(box.Scale(x, y), score, pose, sharpness);
            crop += Stopwatch.GetElapsedTime(before, sampled);
        }
        frame.Count = frame.Found;
        frame.Timings = frame.Timings with { Crop = frame.Timings.Crop + crop, Landmarks = frame.Timings.Landmarks + landmarks };
    }

    /// <summary>Estimates age and gender of a face, embedding it first if the head needs that. The result is kept in the frame.</summary>
    /// <param name="frame">After <see cref="Find(ReadOnlySpan{byte}, FaceFrame)"/>.</param>
    /// <param name="face">Index into its faces.</param>
    public void Estimate(FaceFrame frame, int face)
    {
        ArgumentNullException.ThrowIfNull(frame);
        if (_models.Head is { NeedsEmbedding: true }) Embed(frame, face);
        var features = RunBackbone(frame, face);
        var started = Stopwatch.GetTimestamp();
        var ages = frame.AgeSlot(face);
        var male = features["male"][0];
        if (_models.Head is { } head) male = head.Run(frame.Tensors.Head!, features, ages);
        else features["age"].CopyTo(ages);
        frame.SetEstimate(face, Bands.Estimate(ages, male));
        frame.Timings = frame.Timings with { AgeGender = frame.Timings.AgeGender + Stopwatch.GetElapsedTime(started) };
    }

    /// <summary>Embeds a face and returns the features that a head is trained on: the outputs of the other models.</summary>
    /// <param name="frame">After <see cref="Find(ReadOnlySpan{byte}, FaceFrame)"/>.</param>
    /// <param name="face">Index into its faces.</param>
    /// <returns>The features; valid until the next face.</returns>
    public FaceFeatures ReadFeatures(FaceFrame frame, int face)
    {
        ArgumentNullException.ThrowIfNull(frame);
        Embed(frame, face);
        return RunBackbone(frame, face);
    }

    /// <summary>Embeds a face unless that has been done already. The result is kept in the frame.</summary>
    /// <param name="frame">After <see cref="Find(ReadOnlySpan{byte}, FaceFrame)"/>.</param>
    /// <param name="face">Index into its faces.</param>
    public void Embed(FaceFrame frame, int face)
    {
        ArgumentNullException.ThrowIfNull(frame);
        if (!frame.Embedding(face).IsEmpty) return;
        var tensors = frame.Tensors.Embedder;
        var started = Stopwatch.GetTimestamp();
        FaceAligner.Align(frame.Source, frame.LandmarkSlot(face), _models.Embedder.Input, tensors.Input);
        var cropped = Stopwatch.GetTimestamp();
        _models.Embedder.Run(tensors, frame.EmbeddingSlot(face));
        var ended = Stopwatch.GetTimestamp();
        frame.SetEmbedded(face);
        frame.Timings = frame.Timings with
        {
            Crop = frame.Timings.Crop + Stopwatch.GetElapsedTime(started, cropped),
            Embed = frame.Timings.Embed + Stopwatch.GetElapsedTime(cropped, ended),
        };
    }

    /// <summary>Frees the models and frames, once the last rented frame is returned: no native run outlives its session.</summary>
    public void Dispose() => _rents.Close();

    internal void Return(FaceFrame frame)
    {
        frame.Clear();
        _idle.Add(frame);
        _rents.Leave();
    }

    void Free()
    {
        while (_idle.TryTake(out var frame)) frame.Free();
        _models.Dispose();
    }

    /// <summary>Crops a face and runs the age and gender model on it.</summary>
    FaceFeatures RunBackbone(FaceFrame frame, int face)
    {
        var tensors = frame.Tensors.AgeGender;
        var started = Stopwatch.GetTimestamp();
        frame.Sampler.Sample(frame.Source, AgeGenderModel.Crop(SourceBox(frame, face)), _models.AgeGender.Input, tensors.Input);
        var cropped = Stopwatch.GetTimestamp();
        _models.AgeGender.Run(tensors);
        frame.Timings = frame.Timings with
        {
            Crop = frame.Timings.Crop + Stopwatch.GetElapsedTime(started, cropped),
            AgeGender = frame.Timings.AgeGender + Stopwatch.GetElapsedTime(cropped),
        };
        return new FaceFeatures(
            AgeGenderModel.Feature(tensors), AgeGenderModel.Age(tensors), AgeGenderModel.Male(tensors), frame.Embedding(face));
    }

    static FaceBox SourceBox(FaceFrame frame, int face) =>
        frame.Faces[face].Box.Scale((float)frame.Source.Width / frame.Width, (float)frame.Source.Height / frame.Height);

    void EstimateAndEmbedAll(FaceFrame frame)
    {
        for (var face = 0; face < frame.Count; face++)
        {
            Embed(frame, face);
            Estimate(frame, face);
        }
    }

    void FindAll(FaceFrame frame)
    {
        Span<SearchPass> tiles = stackalloc SearchPass[SearchRegions.MaxTiles];
        var count = _options.Search.Depth == SearchDepth.Tiles ? frame.Search.Tiles(frame.Source, tiles) : 0;
        Search(frame, count == 0 ? _options.Search.SecondLooks : 0);
        if (count > 0) SearchMore(frame, tiles[..count], _options.Search.SecondLooks);
        Describe(frame);
    }
}
