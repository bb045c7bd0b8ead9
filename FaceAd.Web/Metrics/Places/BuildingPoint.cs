namespace FaceAd.Web.Metrics.Places;

/// <summary>Where a building is.</summary>
/// <param name="Id">The building.</param>
/// <param name="Name">Its name.</param>
/// <param name="Latitude">Degrees north, WGS 84.</param>
/// <param name="Longitude">Degrees east, WGS 84.</param>
public sealed record BuildingPoint(Guid Id, string Name, double Latitude, double Longitude);
