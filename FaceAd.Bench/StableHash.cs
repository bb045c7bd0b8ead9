namespace FaceAd.Bench;

/// <summary>Text hashes that are the same in every run and on every machine.</summary>
static class StableHash
{
    /// <summary>FNV-1a, 32 bits.</summary>
    /// <param name="text">Any text.</param>
    public static int Of(string text)
    {
        var hash = 2166136261u;
        foreach (var c in text) hash = (hash ^ c) * 16777619u;
        return (int)hash;
    }
}
