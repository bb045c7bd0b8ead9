namespace FaceAd.Web.Webhooks;

/// <summary>What has become of a delivery so far.</summary>
enum DeliveryOutcome
{
    /// <summary>It was answered with success.</summary>
    Arrived,

    /// <summary>It is to be sent, for the first time or again.</summary>
    Waiting,

    /// <summary>No attempt is left.</summary>
    GivenUp,
}
