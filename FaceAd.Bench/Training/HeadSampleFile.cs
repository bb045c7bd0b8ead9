using System.Runtime.InteropServices;

namespace FaceAd.Bench.Training;

/// <summary>
/// Caches features between trainings: extracting them takes many minutes, training does not. The file contains features of real
/// faces: store it with the pictures, and delete it with them.
/// </summary>
static class HeadSampleFile
{
    /// <summary>Writes the features.</summary>
    /// <param name="path">Path of the file; replaced if it exists.</param>
    /// <param name="key">Cache key: models, seed, pictures.</param>
    /// <param name="lengths">Names and lengths of the features.</param>
    /// <param name="samples">The faces.</param>
    public static void Write(string path, string key, IReadOnlyList<(string Name, int Length)> lengths, IReadOnlyList<HeadSample> samples)
    {
        var partial = path + ".partial";
        using (var writer = new BinaryWriter(File.Create(partial)))
        {
            writer.Write(key);
            writer.Write(lengths.Count);
            foreach (var (name, length) in lengths)
            {
                writer.Write(name);
                writer.Write(length);
            }
            writer.Write(samples.Count);
            foreach (var sample in samples)
            {
                writer.Write(sample.Set);
                writer.Write(sample.File);
                writer.Write(sample.Age);
                writer.Write(sample.Male);
                writer.Write(sample.Views.Count);
                foreach (var view in sample.Views) writer.Write(MemoryMarshal.AsBytes<float>(view));
            }
        }
        File.Move(partial, path, overwrite: true);
    }

    /// <summary>Reads the features; null when there is no file, or it has another key.</summary>
    /// <param name="path">The file.</param>
    /// <param name="key">The required cache key.</param>
    public static (IReadOnlyList<(string Name, int Length)> Lengths, IReadOnlyList<HeadSample> Samples)? Read(string path, string key)
    {
        if (!File.Exists(path)) return null;
        using var reader = new BinaryReader(File.OpenRead(path));
        if (reader.ReadString() != key) return null;
        var lengths = new (string Name, int Length)[reader.ReadInt32()];
        foreach (ref var one in lengths.AsSpan()) one = (reader.ReadString(), reader.ReadInt32());
        var width = lengths.Sum(l => l.Length);
        var samples = new HeadSample[reader.ReadInt32()];
        foreach (ref var sample in samples.AsSpan())
        {
            var (set, file, age, male) = (reader.ReadInt32(), reader.ReadString(), reader.ReadInt32(), reader.ReadBoolean());
            var views = new float[reader.ReadInt32()][];
            foreach (ref var view in views.AsSpan())
            {
                view = new float[width];
                reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(view.AsSpan()));
            }
            sample = new HeadSample(set, file, age, male, views);
        }
        return (lengths, samples);
    }
}
