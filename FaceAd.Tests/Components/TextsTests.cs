using System.Text.RegularExpressions;
using System.Xml.Linq;
using FaceAd.Bench;

namespace FaceAd.Tests.Components;

/// <summary>No page shows a key instead of a word.</summary>
public sealed partial class TextsTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "FaceAd.Web", "Components");

    [Fact]
    public void Texts_BothLanguages_HaveTheSameKeysAndPlaces()
    {
        var (english, korean) = (Read("Texts.resx"), Read("Texts.ko.resx"));
        Assert.Equal(english.Keys.Order(), korean.Keys.Order());
        Assert.All(english, text => Assert.Equal(Places(text.Value), Places(korean[text.Key])));
        Assert.All(english.Concat(korean), text => Assert.NotEqual("", text.Value.Trim()));
    }

    [Fact]
    public void Texts_EveryKeyThatAPageNames_Exists()
    {
        var known = Read("Texts.resx").Keys.ToHashSet();
        var named = Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories)
            .Where(f => f.EndsWith(".razor", StringComparison.Ordinal) || f.EndsWith(".cs", StringComparison.Ordinal))
            .SelectMany(f => Use().Matches(File.ReadAllText(f)))
            .Select(m => (Key: m.Groups[1].Value, IsPrefix: m.Groups[2].Success)).Distinct().ToList();
        Assert.NotEmpty(named);
        Assert.All(named, n => Assert.True(n.IsPrefix ? known.Any(k => k.StartsWith(n.Key, StringComparison.Ordinal)) : known.Contains(n.Key), n.Key));
    }

    private static Dictionary<string, string> Read(string file) =>
        XDocument.Load(Path.Combine(Folder, file)).Root!.Elements("data").ToDictionary(d => d.Attribute("name")!.Value, d => d.Element("value")!.Value);

    private static IEnumerable<string> Places(string text) => Place().Matches(text).Select(m => m.Groups[1].Value).Distinct().Order();

    [GeneratedRegex("""\b[Ll]\["([^"{]+)"( \+)?""")]
    private static partial Regex Use();

    [GeneratedRegex(@"\{(\d)")]
    private static partial Regex Place();
}
