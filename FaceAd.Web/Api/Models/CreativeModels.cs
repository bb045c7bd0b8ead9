using FaceAd.Web.Campaigns;
using FaceAd.Web.Creatives.Uploads;

namespace FaceAd.Web.Api.Models;

/// <summary>One version of a creative.</summary>
/// <param name="Id">Identity.</param>
/// <param name="LineId">Identity shared by all versions of one creative.</param>
/// <param name="Version">Version number, from 1.</param>
/// <param name="State">current, proposed, held (approved, until its change request is accepted), replaced or refused.</param>
/// <param name="Name">Name.</param>
/// <param name="Sha256">Hash of the stored file.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Seconds">Duration.</param>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels.</param>
/// <param name="Weight">Weight in its campaign's rotation, 1 to 100.</param>
/// <param name="CreatedAt">When it was uploaded.</param>
/// <param name="ReplacedAt">When a newer version replaced it; null before.</param>
/// <param name="ReviewedAt">When the media owner reviewed this version by itself; null when it was reviewed with its campaign.</param>
/// <param name="RefusalReason">Why it was refused; null otherwise.</param>
sealed record VersionModel(
    Guid Id, Guid LineId, int Version, string State, string Name, string Sha256, long Bytes, double Seconds, int Width,
    int Height, int Weight, DateTimeOffset CreatedAt, DateTimeOffset? ReplacedAt, DateTimeOffset? ReviewedAt, string? RefusalReason)
{
    internal static VersionModel Of(Creative c) => new(
        c.Id, c.LineId, c.Version, ApiWords.Of(c.State), c.Name, c.Sha256, c.Bytes, c.Seconds, c.Width, c.Height, c.Weight, c.CreatedAt,
        c.ReplacedAt, c.ReviewedAt, c.RefusalReason);
}

/// <summary>An upload.</summary>
/// <param name="Id">Identity.</param>
/// <param name="CampaignId">The campaign it is for; null for the house loop.</param>
/// <param name="Name">Name.</param>
/// <param name="State">receiving, queued, working, done, failed, cancelled or expired.</param>
/// <param name="Bytes">Total length.</param>
/// <param name="Arrived">Bytes received.</param>
/// <param name="Percent">Encoding progress, 0 to 100.</param>
/// <param name="Failure">Why it failed; null otherwise.</param>
/// <param name="Reason">The same as readable text.</param>
/// <param name="MayRetry">Whether it may be retried from the received bytes.</param>
/// <param name="CreativeId">The resulting creative; null before.</param>
/// <param name="ReplacesId">The version it is to replace.</param>
sealed record UploadModel(
    Guid Id, Guid? CampaignId, string Name, string State, long Bytes, long Arrived, int Percent, string? Failure, string? Reason,
    bool MayRetry, Guid? CreativeId, Guid? ReplacesId)
{
    internal static UploadModel Of(CreativeUpload u, CreativeUploads uploads) => new(
        u.Id, u.CampaignId, u.Name, ApiWords.Of(u.State), u.Bytes, uploads.Arrived(u) ?? u.Bytes, u.Percent, u.Failure?.ToString(),
        u.Failure is { } why ? ApiProblem.Text("Form.Refusal." + why) : null, u.MayRetry, u.CreativeId, u.ReplacesId);
}

/// <summary>A creative's weight.</summary>
/// <param name="Weight">1 to 100.</param>
sealed record WeightModel(int Weight);
