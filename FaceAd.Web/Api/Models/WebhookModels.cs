namespace FaceAd.Web.Api.Models;

/// <summary>Parameters of a new webhook.</summary>
/// <param name="Url">An https address.</param>
/// <param name="Events">Names of events.</param>
sealed record WebhookTermsModel(string? Url, string[]? Events);

/// <summary>A webhook.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Url">Address that events are posted to.</param>
/// <param name="Events">Subscribed events.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="PausedAt">When it was paused; null while it is active.</param>
/// <param name="Waiting">Deliveries waiting for an attempt.</param>
/// <param name="Last">The latest delivery within 30 days.</param>
sealed record WebhookModel(
    Guid Id, string Url, string[] Events, DateTimeOffset CreatedAt, DateTimeOffset? PausedAt, int Waiting, DeliveryModel? Last);

/// <summary>A newly created webhook.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Url">Address that events are posted to.</param>
/// <param name="Events">Subscribed events.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="Secret">The signing secret, returned only once; null for a repeated call.</param>
sealed record NewWebhookModel(Guid Id, string Url, string[] Events, DateTimeOffset CreatedAt, string? Secret);

/// <summary>A secret, returned only once.</summary>
/// <param name="Secret">The signing secret.</param>
sealed record SecretModel(string Secret);

/// <summary>A delivery of an event.</summary>
/// <param name="Id">Identity, by which the receiver detects repeats.</param>
/// <param name="Event">The event's name.</param>
/// <param name="CreatedAt">When the event occurred.</param>
/// <param name="Tries">Attempts so far.</param>
/// <param name="DeliveredAt">When it was delivered; null before.</param>
/// <param name="NextTryAt">When the next attempt is due; null when it was delivered or given up.</param>
/// <param name="LastStatus">HTTP status of the last response.</param>
/// <param name="LastError">Description of the last error.</param>
sealed record DeliveryModel(Guid Id, string Event, DateTimeOffset CreatedAt, int Tries, DateTimeOffset? DeliveredAt,
    DateTimeOffset? NextTryAt, int? LastStatus, string? LastError);
