namespace FaceAd.Core.Decisions.Gates;

/// <summary>What is advertised: campaigns of one category keep apart. The values are stored in the database: never reuse one.</summary>
public enum CompetitiveCategory
{
    /// <summary>None: it keeps apart from nothing.</summary>
    None = 0,

    /// <summary>Food and drinks.</summary>
    Food = 1,

    /// <summary>Restaurants, cafés and delivery.</summary>
    Restaurants = 2,

    /// <summary>Beauty and care.</summary>
    Beauty = 3,

    /// <summary>Fashion.</summary>
    Fashion = 4,

    /// <summary>Shops and online shops.</summary>
    Retail = 5,

    /// <summary>Electronics and appliances.</summary>
    Electronics = 6,

    /// <summary>Telephone and internet.</summary>
    Telecom = 7,

    /// <summary>Banks, cards and insurance.</summary>
    Finance = 8,

    /// <summary>Real estate and interiors.</summary>
    RealEstate = 9,

    /// <summary>Cars and transport.</summary>
    Cars = 10,

    /// <summary>Education.</summary>
    Education = 11,

    /// <summary>Health and medicine.</summary>
    Health = 12,

    /// <summary>Travel and leisure.</summary>
    Travel = 13,

    /// <summary>Games and entertainment.</summary>
    Entertainment = 14,

    /// <summary>Alcohol.</summary>
    Alcohol = 15,

    /// <summary>Public bodies and associations.</summary>
    PublicBodies = 16,
}
