using MudBlazor;

namespace FaceAd.Web.Components;

/// <summary>
/// The component library in our type and shape. Its colours are in tokens.css, beside ours: there the browser chooses light or dark, at
/// once and without a circuit.
/// </summary>
static class DashboardTheme
{
    public static MudTheme Theme { get; } = new()
    {
        Typography = new Typography
        {
            Default = new DefaultTypography
            {
                FontFamily = ["var(--font)"],
                FontSize = "15px",
                LineHeight = "1.55",
                LetterSpacing = "normal",
            },
            Body1 = new Body1Typography { FontSize = "15px", LineHeight = "1.55", LetterSpacing = "normal" },
            Body2 = new Body2Typography { FontSize = "14px", LineHeight = "1.5", LetterSpacing = "normal" },
            Subtitle1 = new Subtitle1Typography { FontSize = "15px", LineHeight = "1.55", LetterSpacing = "normal" },
            Subtitle2 = new Subtitle2Typography { FontSize = "14px", FontWeight = "600", LineHeight = "1.5", LetterSpacing = "normal" },
            Caption = new CaptionTypography { FontSize = "13px", LineHeight = "1.5", LetterSpacing = "normal" },
            Button = new ButtonTypography { FontSize = "15px", FontWeight = "600", LetterSpacing = "normal", TextTransform = "none" },
        },
        LayoutProperties = new LayoutProperties { DefaultBorderRadius = "9px", DrawerWidthLeft = "236px" },
    };
}
