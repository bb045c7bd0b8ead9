namespace FaceAd.Web.Creatives.Buildings;

/// <summary>Why a building's picture was not accepted.</summary>
public enum PictureRefusal
{
    /// <summary>There is no such building.</summary>
    NoSite = 0,

    /// <summary>It is larger than <see cref="SitePictures.MaxBytes"/>.</summary>
    TooLarge = 1,

    /// <summary>It is no JPEG, PNG or WebP.</summary>
    NotAPicture = 2,

    /// <summary>A side of it is too short or too long.</summary>
    WrongSize = 3,

    /// <summary>It cannot be read to its end.</summary>
    Damaged = 4,
}
