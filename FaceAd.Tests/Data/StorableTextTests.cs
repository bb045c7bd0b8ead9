using System.Globalization;
using System.Text;
using FaceAd.Web.Creatives.Uploads;
using FaceAd.Web.Data;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Data;

/// <summary>How long a text is, as people see it.</summary>
public sealed class StorableTextTests
{
    private const string Family = "\U0001F468\u200D\U0001F469\u200D\U0001F467\u200D\U0001F466";

    [Theory]
    [InlineData("whole 😀", 50, "whole 😀")]
    [InlineData("ab😀cd", 3, "ab😀")]
    [InlineData("ab😀cd", 2, "ab")]
    [InlineData(Family + Family + Family, 2, Family)] // fourteen code points, and two characters have room for eight
    [InlineData("e\u0301e\u0301e\u0301", 2, "e\u0301e\u0301")]
    public void Cut_AnyText_LeavesWholeCharacters(string text, int most, string expected) =>
        Assert.Equal(expected, StorableText.Cut(text, most));

    [Fact]
    public void Fits_HangulAsAMacSendsIt_CountsSyllables()
    {
        var pieces = string.Concat(Enumerable.Repeat("각", 120)).Normalize(NormalizationForm.FormD);
        Assert.Equal(360, pieces.Length);
        Assert.True(StorableText.Fits(pieces, 120));
        Assert.False(StorableText.Fits(pieces + "가", 120));
    }

    [Fact]
    public void Fits_MarksWithoutEnd_IsNoCharacter() => Assert.False(StorableText.Fits("a" + new string('\u0301', 10_000), 120));

    [Fact]
    public void Cut_AnyText_IsTheLongestBeginningThatFits() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            string[] parts = ["a", "각", "e\u0301", "😀", "🇰🇷", Family, "\r\n", "\u1100", "\u1161", "\u0301", "\ud83d"];
            var text = string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => parts[random.Next(parts.Length)]));
            var most = random.Next(1, 12);
            var cut = StorableText.Cut(text, most);
            Assert.StartsWith(cut, text, StringComparison.Ordinal);
            // The naive twin: every beginning that ends between two characters.
            var ends = StringInfo.ParseCombiningCharacters(text).Append(text.Length).Distinct();
            Assert.Equal(ends.Where(end => Keeps(text[..end], most)).Max(), cut.Length);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Tidy_NamesOfVideos_AreComposedAndKeepTheirEmoji()
    {
        Assert.Equal("고기 😀", CreativeUploads.Tidy("고기 😀.mp4".Normalize(NormalizationForm.FormD)));
        Assert.Equal("video", CreativeUploads.Tidy("\u200B.mp4"));
        var pieces = string.Concat(Enumerable.Repeat("각", 200)).Normalize(NormalizationForm.FormD);
        Assert.Equal(120, CreativeUploads.Tidy(pieces + ".mp4").Length);
    }

    private static bool Keeps(string text, int most) =>
        text.Length <= most || (new StringInfo(text).LengthInTextElements <= most && text.EnumerateRunes().Count() <= 4 * most);
}
