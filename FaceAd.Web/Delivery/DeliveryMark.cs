namespace FaceAd.Web.Delivery;

/// <summary>What happened to a campaign.</summary>
public enum DeliveryMarkKind
{
    /// <summary>It was paused.</summary>
    Paused = 0,

    /// <summary>It was resumed.</summary>
    Resumed = 1,

    /// <summary>Its terms were changed after its approval.</summary>
    Changed = 2,

    /// <summary>Screens of it were not heard.</summary>
    Silent = 3,
}

/// <summary>Something that explains a campaign's curve.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="From">When, or since when.</param>
/// <param name="Until">Until when; null for a moment.</param>
/// <param name="Screens">How many screens were silent at some time of it; 0 for all else.</param>
public sealed record DeliveryMark(DeliveryMarkKind Kind, DateTimeOffset From, DateTimeOffset? Until, int Screens);
