using System.Globalization;
using Microsoft.Extensions.Localization;

namespace FaceAd.Web.Language;

/// <summary>
/// The texts of the pages, with plural forms: <c>{0} {0:day|days}</c> becomes "1 day" or "2 days". The form before the bar is the singular.
/// Korean has a single form and uses none.
/// </summary>
/// <param name="factory">Reads the resource files.</param>
sealed class CountedTexts(IStringLocalizerFactory factory) : IStringLocalizer<Texts>
{
    private readonly IStringLocalizer _texts = factory.Create(typeof(Texts));

    public LocalizedString this[string name] => _texts[name];

    public LocalizedString this[string name, params object[] arguments] =>
        _texts[name] is var text && text.ResourceNotFound
            ? text : new LocalizedString(name, string.Format(Counts.OfCurrentCulture, text.Value, arguments));

    public IEnumerable<LocalizedString> GetAllStrings(bool includeParentCultures) => _texts.GetAllStrings(includeParentCultures);

    private sealed class Counts : IFormatProvider, ICustomFormatter
    {
        public static readonly Counts OfCurrentCulture = new();

        public object? GetFormat(Type? formatType) =>
            formatType == typeof(ICustomFormatter) ? this : CultureInfo.CurrentCulture.GetFormat(formatType!);

        public string Format(string? format, object? arg, IFormatProvider? formatProvider)
        {
            if (format?.Split('|') is not [var one, var many])
                return arg is IFormattable formattable ? formattable.ToString(format, CultureInfo.CurrentCulture) : arg?.ToString() ?? "";
            // Counts are numbers, or already formatted.
            return Convert.ToString(arg, CultureInfo.InvariantCulture) is "1" ? one : many;
        }
    }
}
