namespace FaceAd.Web.Campaigns.Approvals;

/// <summary>How much awaits a decision of the media owner.</summary>
/// <param name="Campaigns">Submitted campaigns.</param>
/// <param name="Creatives">New versions of running creatives.</param>
/// <param name="Requests">Change requests.</param>
readonly record struct WaitingCounts(int Campaigns, int Creatives, int Requests)
{
    /// <summary>All together.</summary>
    public int All => Campaigns + Creatives + Requests;
}
