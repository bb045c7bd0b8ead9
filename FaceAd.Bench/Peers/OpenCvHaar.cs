using System.Runtime.InteropServices;
using FaceAd.Inference.Imaging;
using OpenCvSharp;

namespace FaceAd.Bench.Peers;

/// <summary>OpenCV's frontal Haar cascade with its defaults, in this process like ours.</summary>
sealed record OpenCvHaar() : Peer("OpenCV Haar", PeerTask.Detect)
{
    const string Library = "OpenCvSharpExtern";

    /// <summary>Path of the cascade in Debian's opencv-data.</summary>
    const string Usual = "/usr/share/opencv4/haarcascades/haarcascade_frontalface_default.xml";

    public string Cascade { get; init; } = Usual;

    public override Task<PeerRun> RunAsync(
        string folder, string list, IReadOnlyList<string> files, int warmUp, CancellationToken cancellation)
    {
        if (!File.Exists(Cascade))
            throw new IOException($"{Name}: {Cascade} is missing. ./bench peers installs it (Debian package opencv-data).");
        // Checked first: inside OpenCvSharp this would surface as a TypeInitializationException.
        if (!NativeLibrary.TryLoad(Library, typeof(Cv2).Assembly, null, out _))
            throw new IOException($"{Name}: lib{Library}.so or one of its dependencies is missing. The package supports linux-x64 only.");
        Cv2.SetNumThreads(1);
        using var cascade = new CascadeClassifier(Cascade);
        using var grey = new Mat();
        List<PeerPicture> pictures = [];
        warmUp = Math.Min(warmUp, files.Count);
        for (var i = -warmUp; i < files.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var file = files[i < 0 ? i + warmUp : i];
            var began = Environment.CpuUsage.TotalTime;
            using var picture = Cv2.ImRead(file);
            if (picture.Empty()) throw new IOException($"{Name} cannot read {file}.");
            var decoded = Environment.CpuUsage.TotalTime;
            Cv2.CvtColor(picture, grey, ColorConversionCodes.BGR2GRAY);
            var found = cascade.DetectMultiScale(grey);
            var ended = Environment.CpuUsage.TotalTime;
            PeerFace[] faces = [.. found.Select(box => new PeerFace(new FaceBox(box.X, box.Y, box.Width, box.Height), 1, null, null))];
            if (i >= 0) pictures.Add(new PeerPicture(file, (ended - decoded).TotalSeconds, (decoded - began).TotalSeconds, faces));
        }
        return System.Threading.Tasks.Task.FromResult(new PeerRun(Cv2.GetVersionString() ?? "unknown", pictures));
    }
}
