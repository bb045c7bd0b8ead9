using FaceAd.Inference;
using FaceAd.Inference.Imaging;

namespace FaceAd.Bench.Peers;

/// <summary>Our production pipeline, measured like the peers: in this process, with nothing else running in it.</summary>
static class OwnRun
{
    /// <summary>Name of our pipeline in the tables.</summary>
    public const string Name = "FaceAd";

    /// <summary>Runs the pipeline over pictures.</summary>
    /// <param name="models">Folder of prepared models.</param>
    /// <param name="task">The task; detection includes landmarks, pose and sharpness, which production always computes.</param>
    /// <param name="files">The pictures, JPEG.</param>
    /// <param name="warmUp">Number of pictures analysed before the measurement starts.</param>
    /// <param name="cancellation">Cancels the run.</param>
    public static PeerRun Run(string models, PeerTask task, IReadOnlyList<string> files, int warmUp, CancellationToken cancellation)
    {
        using var chain = new FaceChain(new FaceChainOptions { ModelFolder = models, Limits = PictureFile.Limits });
        using var decoder = new JpegDecoder(PictureFile.Limits);
        var pixels = new PixelBuffer();
        List<PeerPicture> pictures = [];
        warmUp = Math.Min(warmUp, files.Count);
        for (var i = -warmUp; i < files.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var file = files[i < 0 ? i + warmUp : i];
            var content = File.ReadAllBytes(file);
            var began = Environment.CpuUsage.TotalTime;
            decoder.DecodeRgb(content, pixels);
            var decoded = Environment.CpuUsage.TotalTime;
            using var frame = chain.Rent();
            if (task == PeerTask.Detect) chain.Find(pixels, frame);
            else chain.Analyze(pixels, frame);
            var ended = Environment.CpuUsage.TotalTime;
            if (i < 0) continue;
            var faces = new PeerFace[frame.Faces.Length];
            for (var face = 0; face < faces.Length; face++) faces[face] = Describe(frame, face);
            pictures.Add(new PeerPicture(file, (ended - decoded).TotalSeconds, (decoded - began).TotalSeconds, faces));
        }
        return new PeerRun(chain.ModelVersion, pictures);
    }

    static PeerFace Describe(FaceFrame frame, int index)
    {
        var face = frame.Faces[index];
        if (frame.Estimate(index) is not { } estimate) return new PeerFace(face.Box, face.Score, null, null);
        double[] bands = [estimate.Bands.Kids, estimate.Bands.Age2030, estimate.Bands.Age4050, estimate.Bands.Silver];
        return new PeerFace(face.Box, face.Score, estimate.AgeYears, estimate.Male, Array.IndexOf(bands, bands.Max()));
    }
}
