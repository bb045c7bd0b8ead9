namespace FaceAd.Bench.Peers;

/// <summary>Task that is compared.</summary>
enum PeerTask
{
    /// <summary>Face detection.</summary>
    Detect,

    /// <summary>Detection, age, gender and embedding.</summary>
    Full,
}

/// <summary>A program that is measured beside ours.</summary>
/// <param name="Name">Display name.</param>
/// <param name="Task">Its task.</param>
abstract record Peer(string Name, PeerTask Task)
{
    /// <summary>All peers.</summary>
    public static IReadOnlyList<Peer> All { get; } =
    [
        new PeerProgram("human (WASM)", PeerTask.Detect, ["node", "human.cjs"], "detect"),
        new PeerProgram("face-api SSD (WASM)", PeerTask.Detect, ["node", "face-api.cjs"], "detect"),
        new PeerProgram("face-api tiny (WASM)", PeerTask.Detect, ["node", "face-api.cjs"], "tiny"),
        new OpenCvHaar(),
        new PeerProgram("dlib HOG", PeerTask.Detect, ["./dlib"], "detect"),
        new PeerProgram("human (WASM)", PeerTask.Full, ["node", "human.cjs"], "full"),
        new PeerProgram("face-api SSD (WASM)", PeerTask.Full, ["node", "face-api.cjs"], "full"),
    ];

    /// <summary>Runs the peer over pictures with one thread.</summary>
    /// <param name="folder">Folder that <c>./bench peers</c> installed the peers into.</param>
    /// <param name="list">File that names the pictures, one per line.</param>
    /// <param name="files">The same pictures.</param>
    /// <param name="warmUp">Number of pictures analysed before the measurement starts.</param>
    /// <param name="cancellation">Cancels the run.</param>
    /// <exception cref="IOException">The peer cannot be started, failed, or printed unexpected output.</exception>
    public abstract Task<PeerRun> RunAsync(
        string folder, string list, IReadOnlyList<string> files, int warmUp, CancellationToken cancellation);
}
