using System.Text.Json;
using FaceAd.Inference.Imaging;

namespace FaceAd.Bench.Peers;

/// <summary>A face as a peer found it.</summary>
/// <param name="Box">Where, in pixels of the picture.</param>
/// <param name="Score">The detector's score, by its own scale.</param>
/// <param name="Age">Estimated age in years; null when it was not estimated.</param>
/// <param name="Male">1: a man; 0: a woman; or a probability between; null when it was not estimated.</param>
/// <param name="Band">Index of the estimated age band; null when the peer knows no bands, and the age decides.</param>
readonly record struct PeerFace(FaceBox Box, float Score, double? Age, double? Male, int? Band = null);

/// <summary>What a peer made of one picture, and what that cost.</summary>
/// <param name="File">The picture.</param>
/// <param name="Cpu">Processor seconds (user and system, of the whole process) of analysing it, decoding not included.</param>
/// <param name="DecodeCpu">Processor seconds of decoding it.</param>
/// <param name="Faces">The faces.</param>
sealed record PeerPicture(string File, double Cpu, double DecodeCpu, IReadOnlyList<PeerFace> Faces);

/// <summary>One run of one peer.</summary>
/// <param name="Version">The peer's version.</param>
/// <param name="Pictures">One entry for each picture, in their order.</param>
sealed record PeerRun(string Version, IReadOnlyList<PeerPicture> Pictures)
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Reads what a peer's program prints: a line of JSON for each picture, and a last one with its version.</summary>
    /// <param name="output">Everything that it printed.</param>
    /// <param name="files">The pictures that it was given.</param>
    /// <exception cref="FormatException">That is not what it printed.</exception>
    public static PeerRun Parse(string output, IReadOnlyList<string> files)
    {
        List<PeerPicture> pictures = [];
        string? version = null;
        foreach (var line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            try
            {
                var read = JsonSerializer.Deserialize<Line>(line, Json)!;
                if (read.Version is not null) version = read.Version;
                else pictures.Add(new PeerPicture(read.File!, read.Cpu, read.DecodeCpu, [.. read.Faces!.Select(ToFace)]));
            }
            catch (Exception e) when (e is JsonException or ArgumentNullException or IndexOutOfRangeException)
            {
                throw new FormatException($"\"{(line.Length > 120 ? line[..120] : line)}\" is not a line of a peer.", e);
            }
        }
        if (version is null) throw new FormatException("It ended before it had told its version.");
        return pictures.Select(p => p.File).SequenceEqual(files)
            ? new PeerRun(version, pictures)
            : throw new FormatException($"It was given {files.Count} pictures and told of {pictures.Count}, or of others.");
    }

    /// <summary>The mean of several runs' cost; what was found is the first one's.</summary>
    /// <param name="runs">Runs of one peer over the same pictures, at least one.</param>
    public static PeerRun Mean(IReadOnlyList<PeerRun> runs) => runs[0] with
    {
        Pictures = [.. runs[0].Pictures.Select((p, i) => p with
        {
            Cpu = runs.Average(r => r.Pictures[i].Cpu),
            DecodeCpu = runs.Average(r => r.Pictures[i].DecodeCpu),
        })],
    };

    static PeerFace ToFace(FaceLine face) => new(new FaceBox(face.Box[0], face.Box[1], face.Box[2], face.Box[3]), face.Score, face.Age, face.Male);

    sealed record Line(string? Version, string? File, double Cpu, double DecodeCpu, FaceLine[]? Faces);

    sealed record FaceLine(float[] Box, float Score, double? Age, double? Male);
}
