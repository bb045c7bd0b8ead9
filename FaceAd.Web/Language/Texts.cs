namespace FaceAd.Web.Language;

/// <summary>Marks the resource files with the words of the pages: <c>Texts.resx</c> (English) and <c>Texts.ko.resx</c>.</summary>
public sealed class Texts;
