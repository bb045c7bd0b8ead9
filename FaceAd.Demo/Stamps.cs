using System.Text.Json;

namespace FaceAd.Demo;

/// <summary>Records which build of this program rendered each file, so that a second run renders only what may have changed.</summary>
/// <param name="folder">The folder of the files; must exist.</param>
sealed class Stamps(string folder)
{
    // The same sources compile to the same id. Everything drawn comes from them, except portraits, which are in a pinned package.
    static readonly Guid Build = typeof(Stamps).Module.ModuleVersionId;
    readonly string _file = Path.Combine(folder, "made-by.json");
    readonly Dictionary<string, Guid> _builds = Load(Path.Combine(folder, "made-by.json"));

    /// <summary>Whether a file exists and was rendered by this build.</summary>
    /// <param name="file">Path relative to the folder.</param>
    public bool IsFresh(string file)
    {
        lock (_builds) return _builds.GetValueOrDefault(file) == Build && File.Exists(Path.Combine(folder, file));
    }

    /// <summary>Records that this build rendered a file, and saves at once.</summary>
    /// <param name="file">Path relative to the folder.</param>
    public void Set(string file)
    {
        lock (_builds)
        {
            _builds[file] = Build;
            File.WriteAllText(_file + ".part", JsonSerializer.Serialize(_builds));
            File.Move(_file + ".part", _file, overwrite: true);
        }
    }

    static Dictionary<string, Guid> Load(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, Guid>>(File.ReadAllText(file)) ?? [];
        }
        catch (Exception e) when (e is FileNotFoundException or JsonException)
        {
            return [];
        }
    }
}
