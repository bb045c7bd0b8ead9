using FaceAd.Web.Accounts;

namespace FaceAd.Web.Webhooks;

/// <summary>Events that webhooks can deliver.</summary>
static class WebhookEvents
{
    /// <summary>Campaign events, each named after the state that the campaign has entered.</summary>
    public static IReadOnlyList<string> Campaigns { get; } =
    [
        "campaign.draft", "campaign.submitted", "campaign.rejected", "campaign.scheduled", "campaign.running", "campaign.between-flights",
        "campaign.paused", "campaign.budget-spent", "campaign.ended",
    ];

    /// <summary>Events of change requests, each named after the state that the request has entered.</summary>
    public static IReadOnlyList<string> Changes { get; } =
        ["change-request.open", "change-request.withdrawn", "change-request.replaced", "change-request.accepted", "change-request.declined"];

    /// <summary>Event of a test delivery; cannot be subscribed to.</summary>
    public const string Test = "webhook.test";

    /// <summary>Screen events, for media owners.</summary>
    public static IReadOnlyList<string> Screens { get; } = ["screen.silent", "screen.online"];

    /// <summary>The events an organisation can subscribe to.</summary>
    /// <param name="kind">The organisation's kind.</param>
    public static IReadOnlyList<string> Of(OrganisationKind kind) =>
        kind == OrganisationKind.MediaOwner ? [.. Campaigns, .. Changes, .. Screens] : [.. Campaigns, .. Changes];
}
