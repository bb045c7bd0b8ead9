namespace FaceAd.Web.Api.Models;

/// <summary>A site group.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Name">Name.</param>
/// <param name="SiteIds">Its sites.</param>
/// <param name="CreatedAt">When it was created.</param>
sealed record GroupModel(Guid Id, string Name, Guid[] SiteIds, DateTimeOffset CreatedAt);

/// <summary>Terms of a new or changed group.</summary>
/// <param name="Name">Unique, 1 to 120 characters.</param>
/// <param name="SiteIds">Its sites, at least one.</param>
sealed record GroupTermsModel(string? Name, Guid[]? SiteIds);
