using MudBlazor;

namespace FaceAd.Web.Components.Pages.Admin.Sites;

/// <summary>A screen as a row of the table: what is read there.</summary>
/// <param name="Id">The screen.</param>
/// <param name="Name">Its name.</param>
/// <param name="Site">Its site's name.</param>
/// <param name="Colour">Colour of its state.</param>
/// <param name="State">Its state.</param>
/// <param name="Showing">What it shows.</param>
/// <param name="Viewers">Who is in view.</param>
/// <param name="Mode">Where its frames are analysed.</param>
/// <param name="Troubles">What needs attention; empty when all is well.</param>
sealed record ScreenRow(
    Guid Id, string Name, string Site, Color Colour, string State, string Showing, string Viewers, string Mode, string Troubles)
{
    /// <summary>Opportunities to see on the day so far.</summary>
    public required long Today { get; init; }

    /// <summary>Opportunities to see on seven days, that one included.</summary>
    public required long Week { get; init; }
}
