namespace FaceAd.Core;

/// <summary>An audience segment: the age and gender group that an advertiser buys. The bands are fixed by year of age, inclusive.</summary>
public enum Segment
{
    /// <summary>Not known yet, or not with enough confidence. Counts in impressions only.</summary>
    Unknown = 0,

    /// <summary>0 to 19 years, any gender.</summary>
    Kids = 1,

    /// <summary>Men of 20 to 39 years.</summary>
    Men2030 = 2,

    /// <summary>Women of 20 to 39 years.</summary>
    Women2030 = 3,

    /// <summary>Men of 40 to 59 years.</summary>
    Men4050 = 4,

    /// <summary>Women of 40 to 59 years.</summary>
    Women4050 = 5,

    /// <summary>60 years and older, any gender.</summary>
    Silver = 6,
}
