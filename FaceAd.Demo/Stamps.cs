using System.Security.Cryptography;
using System.Text.Json;
using SkiaSharp;

namespace FaceAd.Demo;

/// <summary>Records what rendered each file, so that a second run renders only what may have changed.</summary>
/// <param name="folder">The folder of the files; must exist.</param>
sealed class Stamps(string folder)
{
    // Portraits count by their package, which is pinned.
    static readonly string Drawing = HashOfDrawing();
    readonly string _file = Path.Combine(folder, "made-by.json");
    readonly Dictionary<string, string> _stamps = Load(Path.Combine(folder, "made-by.json"));

    /// <summary>Whether a file exists and was rendered by the same sources.</summary>
    /// <param name="file">Path relative to the folder.</param>
    public bool IsFresh(string file)
    {
        lock (_stamps) return _stamps.GetValueOrDefault(file) == Drawing && File.Exists(Path.Combine(folder, file));
    }

    /// <summary>Records that a file was rendered, and saves at once.</summary>
    /// <param name="file">Path relative to the folder.</param>
    public void Set(string file)
    {
        lock (_stamps)
        {
            _stamps[file] = Drawing;
            File.WriteAllText(_file + ".part", JsonSerializer.Serialize(_stamps));
            File.Move(_file + ".part", _file, overwrite: true);
        }
    }

    /// <summary>A hash over the embedded sources and scripts that draw, and the build of the library that they draw with.</summary>
    static string HashOfDrawing()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var assembly = typeof(Stamps).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Order(StringComparer.Ordinal))
        {
            using var content = new MemoryStream();
            using (var source = assembly.GetManifestResourceStream(name)!) source.CopyTo(content);
            hash.AppendData(content.GetBuffer().AsSpan(0, (int)content.Length));
        }
        hash.AppendData(typeof(SKCanvas).Module.ModuleVersionId.ToByteArray());
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

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
