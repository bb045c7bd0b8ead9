
namespace FaceAd.Web.Campaigns.Approvals;

/// <summary>Result of an approval.</summary>
enum ApprovalOutcome
{
    /// <summary>The approvals suffice.</summary>
    Enough,

    /// <summary>It counts, but a second administrator must approve too.</summary>
    SecondNeeded,

    /// <summary>The same administrator has already approved; nothing changed.</summary>
    SameAgain,
}
