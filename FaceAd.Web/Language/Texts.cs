namespace FaceAd.Web.Language;

/// <summary>Marker type of the pages' resource files: <c>Texts.resx</c> (English) and <c>Texts.ko.resx</c>.</summary>
sealed class Texts;
