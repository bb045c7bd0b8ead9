using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace FaceAd.Bench.Demonstration;

/// <summary>What each made file was made from, kept beside the files, so that a second run makes only what has changed.</summary>
/// <param name="folder">The folder of the files; exists.</param>
sealed class Stamps(string folder)
{
    // Raise when drawing changes without any input of it changing.
    const string Drawing = "1";
    readonly string _file = Path.Combine(folder, "made-from.json");
    readonly Dictionary<string, string> _hashes = Load(Path.Combine(folder, "made-from.json"));

    /// <summary>Whether a file exists and was made from these inputs.</summary>
    /// <param name="file">Path relative to the folder.</param>
    /// <param name="inputs">Everything that the file depends on.</param>
    public bool IsFresh(string file, string inputs)
    {
        lock (_hashes) return _hashes.GetValueOrDefault(file) == Hash(inputs) && File.Exists(Path.Combine(folder, file));
    }

    /// <summary>Remembers that a file was made from these inputs; written at once.</summary>
    /// <param name="file">Path relative to the folder.</param>
    /// <param name="inputs">Everything that the file depends on.</param>
    public void Set(string file, string inputs)
    {
        lock (_hashes)
        {
            _hashes[file] = Hash(inputs);
            File.WriteAllText(_file + ".part", JsonSerializer.Serialize(_hashes));
            File.Move(_file + ".part", _file, overwrite: true);
        }
    }

    static string Hash(string inputs) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Drawing + "\n" + inputs)));

    static Dictionary<string, string> Load(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(file)) ?? [];
        }
        catch (Exception e) when (e is FileNotFoundException or JsonException)
        {
            return [];
        }
    }
}
