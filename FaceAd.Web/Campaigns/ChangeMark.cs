namespace FaceAd.Web.Campaigns;

/// <summary>A point in the history of the database.</summary>
/// <param name="Snapshot">Which transactions had ended, as PostgreSQL writes it.</param>
/// <param name="At">When, by the database's clock.</param>
sealed record ChangeMark(string Snapshot, DateTimeOffset At);
