namespace FaceAd.Web.Components.Search;

/// <summary>Something that was found by its name.</summary>
public sealed record FoundName
{
    /// <summary>Identity.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What tells it from others of the name: a campaign's advertiser, a building's address; or nothing.</summary>
    public string? Note { get; init; }
}
