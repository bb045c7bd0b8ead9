namespace FaceAd.Core.Decisions.Pacing;

/// <summary>What a node would hold of a campaign's goal, in impressions.</summary>
/// <param name="Campaign">The campaign.</param>
/// <param name="Goal">Its goal.</param>
/// <param name="UnderWay">What its plays under way reserve.</param>
/// <param name="Held">What it holds already, and keeps: no less than <paramref name="UnderWay"/>.</param>
/// <param name="Least">The least that is of use: if it cannot be had, it holds what it holds.</param>
/// <param name="Wanted">What it wants to hold: no less than <paramref name="Least"/>, nor that than <paramref name="Held"/>.</param>
public readonly record struct SliceWish(Guid Campaign, double Goal, double UnderWay, double Held, double Least, double Wanted);
