using System.Reflection;

namespace FaceAd.Bench.Demonstration;

/// <summary>Texts that are built into the program.</summary>
static class Resource
{
    /// <summary>One text.</summary>
    /// <param name="name">Its path below this folder, with dots.</param>
    /// <exception cref="FileNotFoundException">There is no such text.</exception>
    public static string Text(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("Demonstration." + name)
            ?? throw new FileNotFoundException($"No built-in text named {name}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
