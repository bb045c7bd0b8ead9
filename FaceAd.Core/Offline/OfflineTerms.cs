using System.Text.Json.Serialization;
using FaceAd.Core.Decisions;
using FaceAd.Core.Decisions.Gates;
using FaceAd.Core.Decisions.Pacing;

namespace FaceAd.Core.Offline;

/// <summary>
/// What the choice by value needs of a campaign, where nobody in view is recognised: riders are capped by nothing then, and have seen
/// nothing.
/// </summary>
/// <param name="Campaign">The campaign.</param>
/// <param name="BidKrw">What it bid for an impression when the schedule was made.</param>
/// <param name="Seconds">Running time of its first creative.</param>
public sealed record OfflineTerms(Guid Campaign, double BidKrw, double Seconds)
{
    /// <summary>Competitive category and its distance.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Separation Separation { get; init; }

    /// <summary>See <see cref="DeliveryTerms.NotForChildren"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool NotForChildren { get; init; }

    /// <summary>See <see cref="DeliveryTerms.Broad"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Broad { get; init; }

    /// <summary>See <see cref="DeliveryTerms.InSequence"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool InSequence { get; init; }

    /// <summary>See <see cref="DeliveryTerms.ShareOfVoice"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double ShareOfVoice { get; init; }

    /// <summary>The same as of <see cref="DeliveryTerms"/>.</summary>
    [JsonIgnore]
    internal DeliveryTerms Delivery => new()
    {
        Separation = Separation,
        NotForChildren = NotForChildren,
        Broad = Broad,
        InSequence = InSequence,
        ShareOfVoice = ShareOfVoice,
    };

    /// <summary>A campaign's terms now; null when it may not run before riders who are not recognised.</summary>
    /// <param name="book">The campaigns and what they bid.</param>
    /// <param name="number">The campaign's number.</param>
    public static OfflineTerms? Of(PacingBook book, int number)
    {
        ArgumentNullException.ThrowIfNull(book);
        var booked = book.Table[number];
        // Riders who are not recognised are worth nothing to it; a share of the time is its own whoever is there.
        var isForRecognised = booked.Terms.Caps.Any(c => c.SkipsUnrecognised);
        if (isForRecognised && booked.Terms.ShareOfVoice <= 0) return null;
        // One that rests now need not rest for as long as the server is away: what nobody else wants is its own.
        var bid = isForRecognised ? 0 : Math.Max(book.BidOf(number), booked.PriceKrw * (1 - PacingBook.Rest));
        return new OfflineTerms(booked.Campaign.Id, bid, booked.Campaign.Creatives[0].Seconds)
        {
            Separation = booked.Terms.Separation,
            NotForChildren = booked.Terms.NotForChildren,
            Broad = booked.Terms.Broad,
            InSequence = booked.Terms.InSequence,
            ShareOfVoice = booked.Terms.ShareOfVoice,
        };
    }
}
