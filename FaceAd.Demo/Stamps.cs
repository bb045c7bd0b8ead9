using System.Text.Json;

namespace FaceAd.Demo;

/// <summary>Which build of this program made each file, kept beside the files, so that a second run makes only what may have changed.</summary>
/// <param name="folder">The folder of the files; exists.</param>
sealed class Stamps(string folder)
{
    // The same sources compile to the same id. All that is drawn comes from them, but for portraits, which are of a pinned package.
    static readonly Guid Build = typeof(Stamps).Module.ModuleVersionId;
    readonly string _file = Path.Combine(folder, "made-by.json");
    readonly Dictionary<string, Guid> _builds = Load(Path.Combine(folder, "made-by.json"));

    /// <summary>Whether a file exists and was made by this build.</summary>
    /// <param name="file">Path relative to the folder.</param>
    public bool IsFresh(string file)
    {
        lock (_builds) return _builds.GetValueOrDefault(file) == Build && File.Exists(Path.Combine(folder, file));
    }

    /// <summary>Remembers that this build made a file; written at once.</summary>
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
