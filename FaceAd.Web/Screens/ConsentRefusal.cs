namespace FaceAd.Web.Screens;

/// <summary>Why a site's measurement, consent or notice could not be changed.</summary>
enum ConsentRefusal
{
    /// <summary>There is no such site.</summary>
    NoSuchSite = 0,

    /// <summary>Measurement needs a recorded consent.</summary>
    NoConsent = 1,

    /// <summary>Measurement needs a notice on the screens.</summary>
    NoNotice = 2,
}
