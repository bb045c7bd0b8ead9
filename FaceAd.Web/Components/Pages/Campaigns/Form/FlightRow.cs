using FaceAd.Core.Decisions;

namespace FaceAd.Web.Components.Pages.Campaigns.Form;

/// <summary>A flight as entered.</summary>
public sealed class FlightRow
{
    /// <summary>The first day; null while it is missing.</summary>
    public DateOnly? Starts { get; set; }

    /// <summary>The last day.</summary>
    public DateOnly? Ends { get; set; }

    /// <summary>Whether what was typed last is no date: the days are those from before.</summary>
    public bool IsMistyped { get; set; }

    /// <summary>Whether both days are there, in their order.</summary>
    public bool IsWhole => Starts <= Ends;

    /// <summary>A row that shows a flight.</summary>
    /// <param name="flight">The flight.</param>
    public static FlightRow Of(Flight flight) => new() { Starts = flight.StartsOn, Ends = flight.EndsOn };
}
