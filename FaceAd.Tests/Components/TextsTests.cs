using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using FaceAd.Bench;
using FaceAd.Web.Language;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace FaceAd.Tests.Components;

/// <summary>No page shows a key instead of a word.</summary>
public sealed partial class TextsTests
{
    private static readonly string Web = Path.Combine(Repository.Root, "FaceAd.Web");

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
        var named = new[] { "Components", "Language" }.SelectMany(folder =>
            Directory.EnumerateFiles(Path.Combine(Web, folder), "*", SearchOption.AllDirectories))
            .Where(f => f.EndsWith(".razor", StringComparison.Ordinal) || f.EndsWith(".cs", StringComparison.Ordinal))
            .SelectMany(f => Use().Matches(File.ReadAllText(f)))
            .Select(m => (Key: m.Groups[1].Value, IsPrefix: m.Groups[2].Success)).Distinct().ToList();
        Assert.NotEmpty(named);
        Assert.All(named, n =>
            Assert.True(n.IsPrefix ? known.Any(k => k.StartsWith(n.Key, StringComparison.Ordinal)) : known.Contains(n.Key), n.Key));
    }

    [Theory]
    [InlineData("en", 1, "1 day")]
    [InlineData("en", 2, "2 days")]
    [InlineData("en", 0, "0 days")]
    [InlineData("ko", 1, "1일")]
    public void Texts_WithACount_TakeTheFormOfTheCount(string language, int days, string expected)
    {
        var (before, texts) = (CultureInfo.CurrentUICulture,
            new CountedTexts(
                new ResourceManagerStringLocalizerFactory(Options.Create(new LocalizationOptions()), NullLoggerFactory.Instance)));
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
        try
        {
            Assert.Equal(expected, texts["Book.DaysCount", days].Value);
            Assert.Equal(expected, texts["Book.DaysCount", $"{days}"].Value); // written already
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }

    [Fact]
    public void Texts_BarsInPlaces_AreWordsForOneAndForMany() =>
        Assert.All(Read("Texts.resx"), text =>
            Assert.All(Counted().Matches(text.Value), m => Assert.Equal(2, m.Groups[1].Value.Split('|').Length)));

    private static Dictionary<string, string> Read(string file) =>
        XDocument.Load(Path.Combine(Web, "Language", file)).Root!.Elements("data")
            .ToDictionary(d => d.Attribute("name")!.Value, d => d.Element("value")!.Value);

    private static IEnumerable<string> Places(string text) => Place().Matches(text).Select(m => m.Groups[1].Value).Distinct().Order();

    [GeneratedRegex("""\b[Ll]\["([^"{]+)"( \+)?""")]
    private static partial Regex Use();

    [GeneratedRegex(@"\{\d:([^}]*\|[^}]*)\}")]
    private static partial Regex Counted();

    [GeneratedRegex(@"\{(\d)")]
    private static partial Regex Place();
}
