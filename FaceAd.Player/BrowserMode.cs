
namespace FaceAd.Player;

/// <summary>How the player's own Chromium is started.</summary>
enum BrowserMode
{
    /// <summary>Kiosk when there is a display, otherwise headless.</summary>
    Auto,

    /// <summary>Full screen on the attached display.</summary>
    Kiosk,

    /// <summary>Without a display; still renders.</summary>
    Headless,

    /// <summary>Not started: the operator opens the address given in the log.</summary>
    None,
}
