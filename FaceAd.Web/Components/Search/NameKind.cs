namespace FaceAd.Web.Components.Search;

/// <summary>What is found by its name.</summary>
public enum NameKind
{
    /// <summary>Campaigns.</summary>
    Campaign = 0,

    /// <summary>Screens; for the media owner.</summary>
    Screen = 1,

    /// <summary>Buildings.</summary>
    Site = 2,

    /// <summary>People; for those who manage them.</summary>
    Person = 3,

    /// <summary>Advertisers; for the media owner.</summary>
    Advertiser = 4,
}
