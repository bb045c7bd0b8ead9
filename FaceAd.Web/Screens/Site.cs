using FaceAd.Core;
using FaceAd.Web.Data;

namespace FaceAd.Web.Screens;

/// <summary>A building with screens. People are recognised only within one site and one epoch.</summary>
public sealed class Site
{
    /// <summary>Notice of a site without one of its own. A screen never measures without a notice.</summary>
    public const string DefaultNotice = "시청자 수만 셉니다 · 영상은 저장하지 않습니다  |  We count viewers and keep no pictures";

    /// <summary>Identity.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>Name of the building.</summary>
    public required string Name { get; set; }

    /// <summary>Postal address.</summary>
    public string Address { get; set; } = "";

    /// <summary>Degrees north, WGS 84, -90..90; null until somebody says where it is, and then <see cref="Longitude"/> is, too.</summary>
    public double? Latitude { get; set; }

    /// <summary>Degrees east, WGS 84, -180..180.</summary>
    public double? Longitude { get; set; }

    /// <summary>SHA-256 of its picture, 64 lower-case hexadecimal digits; null without one.</summary>
    public string? PictureSha256 { get; set; }

    /// <summary>IANA time zone that defines the days of the site's figures.</summary>
    public string TimeZone { get; set; } = "Asia/Seoul";

    /// <summary>First day of epoch 0; a Monday, the same for all sites unless set at creation.</summary>
    public DateOnly EpochAnchor { get; init; } = SiteCalendar.DefaultAnchor;

    /// <summary>Whether the administrator has switched measurement on. Cameras run only when the site <see cref="Measures"/>.</summary>
    public bool Measurement { get; set; }

    /// <summary>When the building's consent was recorded; null while there is none.</summary>
    public DateTimeOffset? ConsentAt { get; set; }

    /// <summary>Sign-in name of the user who recorded it, at most 256 characters; null for the system.</summary>
    public string? ConsentBy { get; set; }

    /// <summary>
    /// Reference to the consent, such as a contract or a residents' resolution, at most <see cref="MaxReference"/> characters.
    /// </summary>
    public string? ConsentReference { get; set; }

    /// <summary>The most characters of <see cref="ConsentReference"/> and of <see cref="Notice"/>.</summary>
    public const int MaxReference = 240;

    /// <summary>The most characters of <see cref="Address"/>.</summary>
    public const int MaxAddress = 240;

    /// <summary>Whether cameras run: measurement is on, consent is recorded, and there is a notice.</summary>
    public bool Measures => Measurement && ConsentAt is not null && !StorableText.IsBlank(Notice);

    /// <summary>
    /// When its cameras were stopped last: measurement was switched off, or consent withdrawn. Null while they have never been stopped;
    /// then, unless it <see cref="Measures"/>, its players have never been told to measure.
    /// </summary>
    public DateTimeOffset? MeasuredUntil { get; set; }

    /// <summary>Notice shown on the screens while measurement is on.</summary>
    public string Notice { get; set; } = DefaultNotice;

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Days and epochs of this site.</summary>
    public SiteCalendar Calendar() => new(TimeZone, EpochAnchor);
}
