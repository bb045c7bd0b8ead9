using Microsoft.Extensions.Localization;
using MudBlazor;

namespace FaceAd.Web.Language;

/// <summary>What the component library says by itself: our texts, where there are any; else its own English ones.</summary>
/// <param name="texts">The texts of the pages.</param>
sealed class LibraryTexts(IStringLocalizer<Texts> texts) : MudLocalizer
{
    public override LocalizedString this[string key] => texts["Library." + key];

    public override LocalizedString this[string key, params object[] arguments] => texts["Library." + key, arguments];
}
