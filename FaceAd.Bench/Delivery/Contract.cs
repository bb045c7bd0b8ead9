using FaceAd.Core;

namespace FaceAd.Bench.Delivery;

/// <summary>A booked campaign of the simulation: a number of target impressions at a price each.</summary>
/// <param name="Number">Its place among the contracts, from 0.</param>
/// <param name="Targets">The segments that count.</param>
/// <param name="Sites">Numbers of its sites.</param>
/// <param name="FirstDay">First day of its flight, in days of the trace.</param>
/// <param name="LastDay">Last day of its flight, inclusive.</param>
/// <param name="Hours">Hours of the day, a bit each.</param>
/// <param name="PriceKrw">Price of a target impression.</param>
/// <param name="CapPerDay">Most impressions of a person on a day; null for any number.</param>
/// <param name="Category">Competitive category, from 1; 0 for none.</param>
/// <param name="Restricted">Whether it may not be shown to children.</param>
sealed record Contract(
    int Number, IReadOnlyList<Segment> Targets, IReadOnlySet<int> Sites, int FirstDay, int LastDay, int Hours, double PriceKrw,
    int? CapPerDay, int Category, bool Restricted)
{
    /// <summary>Target impressions booked; may be changed in flight.</summary>
    public int Goal { get; set; }

    /// <summary>The goal when a share of it is withdrawn.</summary>
    /// <param name="cut">The share, 0..1.</param>
    public int GoalAfter(double cut) => (int)(Goal * (1 - cut));

    /// <summary>Days of its flight.</summary>
    public int Days => LastDay - FirstDay + 1;

    /// <summary>Whether site, day and hour allow it.</summary>
    public bool RunsIn(Slot slot) =>
        slot.Day >= FirstDay && slot.Day <= LastDay && (Hours >> slot.Hour & 1) == 1 && Sites.Contains(slot.Site);

    /// <summary>Target impressions that a slot would bring.</summary>
    public int Brings(Slot slot)
    {
        var count = 0;
        foreach (var seat in slot.Seats)
        {
            if (seat.Exposed && Targets.Contains(seat.Counted)) count++;
        }
        return count;
    }

    /// <summary>Target impressions that are in view when the ad is chosen.</summary>
    public int Expects(Slot slot)
    {
        var count = 0;
        foreach (var seat in slot.Seats)
        {
            if (seat.InView && Targets.Contains(seat.Counted)) count++;
        }
        return count;
    }
}
