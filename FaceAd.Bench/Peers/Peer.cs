namespace FaceAd.Bench.Peers;

/// <summary>Which work is compared.</summary>
enum PeerTask
{
    /// <summary>Where the faces are.</summary>
    Detect,

    /// <summary>Where they are, age, gender, and an embedding of each.</summary>
    Full,
}

/// <summary>What is measured beside ours.</summary>
/// <param name="Name">For people.</param>
/// <param name="Task">What it does.</param>
abstract record Peer(string Name, PeerTask Task)
{
    /// <summary>All of them.</summary>
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

    /// <summary>Runs it over pictures with one thread.</summary>
    /// <param name="folder">Where <c>./bench peers</c> installed the peers.</param>
    /// <param name="list">A file that names the pictures, one a line.</param>
    /// <param name="files">The same pictures.</param>
    /// <param name="warmUp">So many pictures are analysed before the measurement begins.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="IOException">It cannot be started, failed, or printed something else.</exception>
    public abstract Task<PeerRun> RunAsync(string folder, string list, IReadOnlyList<string> files, int warmUp, CancellationToken cancellation);
}
