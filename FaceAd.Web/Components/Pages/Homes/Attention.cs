namespace FaceAd.Web.Components.Pages.Homes;

/// <summary>Why a campaign needs its advertiser. The names are parts of text keys.</summary>
public enum AttentionKind
{
    /// <summary>The media owner rejected it.</summary>
    Rejected = 0,

    /// <summary>The media owner rejected the newest version of a creative.</summary>
    CreativeRejected = 1,

    /// <summary>It has delivered less than planned.</summary>
    Behind = 2,

    /// <summary>A change request was declined.</summary>
    Declined = 3,

    /// <summary>A change request was accepted.</summary>
    Accepted = 4,

    /// <summary>It ended, and nobody gets its report.</summary>
    NoReport = 5,

    /// <summary>A draft with a creative that was not submitted.</summary>
    NotSubmitted = 6,

    /// <summary>A draft without a creative.</summary>
    NoCreative = 7,
}

/// <summary>Something about a campaign that its advertiser should see to.</summary>
/// <param name="Kind">What.</param>
/// <param name="Campaign">The campaign.</param>
/// <param name="Name">Its name.</param>
/// <param name="Detail">The reason that somebody gave, or the name of a creative; empty without one.</param>
/// <param name="On">The day that it is about, if any.</param>
public sealed record Attention(AttentionKind Kind, Guid Campaign, string Name, string Detail = "", DateOnly? On = null);
