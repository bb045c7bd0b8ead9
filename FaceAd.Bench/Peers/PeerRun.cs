using System.Text.Json;
using FaceAd.Inference.Imaging;

namespace FaceAd.Bench.Peers;

/// <summary>One run of one peer.</summary>
/// <param name="Version">The peer's version.</param>
/// <param name="Pictures">One entry per picture, in order.</param>
sealed record PeerRun(string Version, IReadOnlyList<PeerPicture> Pictures)
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Parses the output of a peer: one line of JSON per picture, and a last one with its version.</summary>
    /// <param name="output">Its complete output.</param>
    /// <param name="files">The pictures it was given.</param>
    /// <exception cref="FormatException">The output does not have this form.</exception>
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
        if (version is null) throw new FormatException("The output ends without a version.");
        return pictures.Select(p => p.File).SequenceEqual(files)
            ? new PeerRun(version, pictures)
            : throw new FormatException($"It was given {files.Count} pictures but reported {pictures.Count}, or other ones.");
    }

    /// <summary>Averages the cost of several runs; results are those of the first.</summary>
    /// <param name="runs">Runs of one peer over the same pictures; at least one.</param>
    public static PeerRun Mean(IReadOnlyList<PeerRun> runs) => runs[0] with
    {
        Pictures = [.. runs[0].Pictures.Select((p, i) => p with
        {
            Cpu = runs.Average(r => r.Pictures[i].Cpu),
            DecodeCpu = runs.Average(r => r.Pictures[i].DecodeCpu),
        })],
    };

    static PeerFace ToFace(FaceLine face) =>
        new(new FaceBox(face.Box[0], face.Box[1], face.Box[2], face.Box[3]), face.Score, face.Age, face.Male);

    sealed record Line(string? Version, string? File, double Cpu, double DecodeCpu, FaceLine[]? Faces);

    sealed record FaceLine(float[] Box, float Score, double? Age, double? Male);
}
