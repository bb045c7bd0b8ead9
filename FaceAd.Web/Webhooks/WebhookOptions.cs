namespace FaceAd.Web.Webhooks;

/// <summary>Settings, bound from <c>Webhooks</c>.</summary>
sealed class WebhookOptions
{
    /// <summary>Whether private addresses and plain http are allowed: for tests and for installations without internet access.</summary>
    public bool AllowPrivate { get; set; }
}
